package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;

class AnswersFuzzTest {
  @FuzzTest
  void anyBytesAreAListOrABadAnswer(byte[] bytes) {
    try {
      JsonNode data = Answers.data("test", bytes);
      SnapshotListing.snapshots(data)
          .forEach(info -> assertThat(Snapshot.parse(info.snapshot().toString())).isNotNull());
      SnapshotListing.files("test", data).forEach(file -> assertThat(file.name()).isNotEmpty());
    } catch (BadAnswerException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  @FuzzTest
  void anyTextIsARefusalWithARemedy(byte[] bytes) {
    String text = new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    for (String call : new String[] {"session", "chunk", "fixed_index"}) {
      PbsException refused = Refusals.refused(call, 400, text);
      assertThat(refused.serverText()).isEqualTo(text);
      assertThat(refused.remedy()).isNotBlank();
      assertThat(refused.getMessage()).hasSizeLessThan(1100);
    }
  }
}
