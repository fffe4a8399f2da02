package org.qmpbs.chunker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ChunksTest {
  @Test
  void everyStartedChunkCounts() {
    assertThat(Chunks.count(0)).isZero();
    assertThat(Chunks.count(1)).isEqualTo(1);
    assertThat(Chunks.count(Chunks.SIZE)).isEqualTo(1);
    assertThat(Chunks.count(Chunks.SIZE + 1L)).isEqualTo(2);
    assertThat(Chunks.count((long) Integer.MAX_VALUE * Chunks.SIZE)).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void sizesThatCannotBeNumberedAreErrors() {
    assertThatThrownBy(() -> Chunks.count(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Chunks.count(Long.MAX_VALUE)).isInstanceOf(ArithmeticException.class);
  }

  @Test
  void onlyTheLastChunkIsShort() {
    long size = 2L * Chunks.SIZE + 512;

    assertThat(Chunks.length(size, 0)).isEqualTo(Chunks.SIZE);
    assertThat(Chunks.length(size, 1)).isEqualTo(Chunks.SIZE);
    assertThat(Chunks.length(size, 2)).isEqualTo(512);
    assertThat(Chunks.length(Chunks.SIZE, 0)).isEqualTo(Chunks.SIZE);
    assertThatThrownBy(() -> Chunks.length(size, 3)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void startsBeyondTwoGibibytesDoNotOverflow() {
    assertThat(Chunks.start(1024)).isEqualTo(4L << 30);
  }
}
