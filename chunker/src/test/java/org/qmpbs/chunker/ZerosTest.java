package org.qmpbs.chunker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ZerosTest {
  @Test
  void theDigestOfTheZeroChunkIsTheServersOne() {
    assertThat(Zeros.digest(Chunks.SIZE).hex()).isEqualTo(GoldenData.PLAIN_CHUNKS.get(3));
    assertThat(Zeros.digest(512)).isEqualTo(Digest.sha256(new byte[512]));
  }

  @Test
  void theEncodedZeroChunkDecodesToZeros() throws IOException {
    assertThat(Blob.decode(ChunkSealer.PLAIN.sealZeros(Chunks.SIZE), Blob.MAX_CHUNK))
        .isEqualTo(new byte[Chunks.SIZE]);
    assertThat(Blob.decode(ChunkSealer.PLAIN.sealZeros(100), 100)).isEqualTo(new byte[100]);
  }

  @Test
  void oneByteAnywhereInTheRangeIsEnough() {
    byte[] data = new byte[Chunks.SIZE];
    assertThat(Zeros.isZero(data, 0, data.length)).isTrue();

    for (int i : new int[] {0, 1, 4095, data.length - 1}) {
      data[i] = 1;
      assertThat(Zeros.isZero(data, 0, data.length)).isFalse();
      data[i] = 0;
    }
  }

  @Test
  void bytesOutsideTheRangeDoNotCount() {
    byte[] data = {1, 0, 0, 1};

    assertThat(Zeros.isZero(data, 1, 2)).isTrue();
    assertThat(Zeros.isZero(data, 0, 2)).isFalse();
    assertThat(Zeros.isZero(data, 2, 2)).isFalse();
    assertThat(Zeros.isZero(data, 4, 0)).isTrue();
  }
}
