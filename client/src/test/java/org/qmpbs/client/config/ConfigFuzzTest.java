package org.qmpbs.client.config;

import com.code_intelligence.jazzer.junit.FuzzTest;

class ConfigFuzzTest {
  @FuzzTest
  void readsOrSaysWhatIsWrong(byte[] content) {
    Configuration configuration = InMemory.read(content);
    for (Finding finding : InMemory.findings(configuration)) {
      if (finding.problem().isBlank() || finding.remedy().isBlank()) {
        throw new AssertionError("a finding without words: " + finding);
      }
    }
  }
}
