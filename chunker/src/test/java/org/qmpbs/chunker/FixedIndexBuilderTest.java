package org.qmpbs.chunker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FixedIndexBuilderTest {
  private static final UUID ID = new UUID(1, 2);

  @Test
  void anIndexWithAHoleCannotBeBuilt() {
    FixedIndexBuilder builder = new FixedIndexBuilder(3L * Chunks.SIZE);
    builder.set(0, Zeros.digest(Chunks.SIZE));
    builder.set(2, Zeros.digest(Chunks.SIZE));

    assertThat(builder.isComplete()).isFalse();
    assertThatThrownBy(() -> builder.build(ID, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("chunk 1 of 3 was never assigned");
    assertThatThrownBy(builder::checksum).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aPositionOutsideTheImageIsRefusedAndCountsForNothing() {
    FixedIndexBuilder builder = new FixedIndexBuilder(1);

    assertThatThrownBy(() -> builder.set(1, Zeros.digest(1)))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> builder.set(-1, Zeros.digest(1)))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(builder.isComplete()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE, FixedIndex.MAX_SIZE + 1, Long.MAX_VALUE})
  void aSizeThatNoIndexCanHaveIsRefused(long size) {
    assertThatThrownBy(() -> new FixedIndexBuilder(size))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theSameChunkMayBeAssignedTwiceAndTheLastOneStands() {
    FixedIndexBuilder builder = new FixedIndexBuilder(Chunks.SIZE);
    Digest last = Digest.sha256(new byte[] {1});

    builder.set(0, Zeros.digest(Chunks.SIZE));
    builder.set(0, last);

    assertThat(builder.build(ID, 7).digest(0)).isEqualTo(last);
  }

  @Test
  void aBuilderOfAnIndexLeavesTheIndexAlone() throws IOException {
    FixedIndex previous = FixedIndex.parse(GoldenData.index("plain-1"));
    FixedIndex current = FixedIndex.parse(GoldenData.index("plain-2"));

    FixedIndexBuilder builder = previous.toBuilder();
    assertThat(builder.isComplete()).isTrue();
    builder.set(1, current.digest(1));

    assertThat(builder.build(current.uuid(), current.ctime()).toBytes())
        .isEqualTo(GoldenData.index("plain-2"));
    assertThat(previous.toBytes()).isEqualTo(GoldenData.index("plain-1"));
  }

  @Test
  void aBuiltIndexDoesNotChangeWithItsBuilder() {
    FixedIndexBuilder builder = new FixedIndexBuilder(Chunks.SIZE);
    builder.set(0, Zeros.digest(Chunks.SIZE));
    FixedIndex index = builder.build(ID, 7);

    builder.set(0, Digest.sha256(new byte[] {1}));

    assertThat(index.digest(0)).isEqualTo(Zeros.digest(Chunks.SIZE));
  }
}
