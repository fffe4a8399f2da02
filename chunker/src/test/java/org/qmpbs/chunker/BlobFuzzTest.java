package org.qmpbs.chunker;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

class BlobFuzzTest {
  private static final int LIMIT = 1 << 20;

  /** The bytes as they are, and once more with a true CRC so that the decoder behind it is met. */
  @FuzzTest
  void anyBytesDecodeWithinTheLimitOrAreRefused(byte[] bytes) {
    decode(bytes);
    if (bytes.length >= Blob.HEADER_SIZE) {
      decode(Blobs.repair(bytes.clone()));
    }
  }

  private static void decode(byte[] blob) {
    try {
      assertThat(Blob.decode(blob, LIMIT)).hasSizeLessThanOrEqualTo(LIMIT);
    } catch (CorruptDataException e) {
      assertThat(e.offset()).isBetween(0L, (long) blob.length);
    } catch (UnsupportedDataException e) {
      assertThat(blob.length).isGreaterThanOrEqualTo(BlobKind.ENCRYPTED.headerSize());
    }
  }
}
