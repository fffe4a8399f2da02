package org.qmpbs.chunker;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;

class FixedIndexFuzzTest {
  /** A second try with a true checksum meets what stands behind it. */
  @FuzzTest
  void whatParsesIsWrittenAsItWas(byte[] bytes) {
    parse(bytes);
    if (bytes.length > FixedIndex.HEADER_SIZE) {
      byte[] repaired = bytes.clone();
      byte[] digests = Arrays.copyOfRange(bytes, FixedIndex.HEADER_SIZE, bytes.length);
      Digest.sha256(digests).copyTo(repaired, 32);
      parse(repaired);
    }
  }

  private static void parse(byte[] file) {
    try {
      assertThat(FixedIndex.parse(file).toBytes()).isEqualTo(file);
    } catch (CorruptDataException e) {
      assertThat(e.offset()).isBetween(0L, (long) file.length);
    } catch (UnsupportedDataException e) {
      assertThat(file.length).isGreaterThanOrEqualTo(FixedIndex.HEADER_SIZE);
    }
  }
}
