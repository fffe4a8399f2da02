package org.qmpbs.qcow2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Qcow2LayoutTest {
  private static final long CLUSTER = 65536;

  @Test
  void anEmptyDiskHasNoL2Table() {
    Qcow2Layout layout = Qcow2Layout.of(1L << 40, new BitSet());

    // Header, refcount table, refcount block, L1 table of 2048 entries.
    assertThat(layout.fileLength()).isEqualTo(4 * CLUSTER);
    assertThat(layout.l2TableCount()).isZero();
  }

  @Test
  void onlyTheL2TablesThatAreNeededExist() {
    // 512 MiB a table: the first and last chunk of table 0, the first of table 2.
    Qcow2Layout layout = Qcow2Layout.of(2L << 30, chunks(0, 127, 256));

    assertThat(layout.l2TableCount()).isEqualTo(2);
    assertThat(layout.hasL2Table(0)).isTrue();
    assertThat(layout.hasL2Table(1)).isFalse();
    assertThat(layout.hasL2Table(2)).isTrue();
    assertThat(layout.hasL2Table(3)).isFalse();
  }

  @Test
  void dataFollowsInTheOrderOfTheDisk() {
    BitSet allocated = chunks(1, 63, 64, 65, 200);
    Qcow2Layout layout = Qcow2Layout.of(1L << 30, allocated);

    long expected = layout.fileLength() - 5L * Qcow2Layout.CHUNK_SIZE;
    for (int i = allocated.nextSetBit(0); i >= 0; i = allocated.nextSetBit(i + 1)) {
      assertThat(layout.chunkOffset(i)).isEqualTo(expected);
      expected += Qcow2Layout.CHUNK_SIZE;
    }
  }

  @Test
  void aShortLastChunkTakesTheClustersItNeeds() {
    long size = Qcow2Layout.CHUNK_SIZE + CLUSTER + 512;
    Qcow2Layout layout = Qcow2Layout.of(size, chunks(1));

    assertThat(layout.chunkLength(1)).isEqualTo(CLUSTER + 512);
    assertThat(layout.fileLength() - layout.chunkOffset(1)).isEqualTo(2 * CLUSTER);
  }

  @ParameterizedTest
  @CsvSource({"1,512", "511,512", "512,512", "513,1024", "4194305,4194816"})
  void sizesAreRoundedUpToSectors(long size, long rounded) {
    assertThat(Qcow2Layout.of(size, new BitSet()).virtualSize()).isEqualTo(rounded);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE, Qcow2Layout.MAX_VIRTUAL_SIZE + 1, Long.MAX_VALUE})
  void sizesThatQemuCouldNotOpenAreRefused(long size) {
    assertThatThrownBy(() -> Qcow2Layout.of(size, new BitSet()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aChunkBeyondTheDiskIsRefused() {
    assertThatThrownBy(() -> Qcow2Layout.of(Qcow2Layout.CHUNK_SIZE, chunks(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("chunk 1 of a disk that has 1");
  }

  @Test
  void aZeroChunkHasNoPlace() {
    Qcow2Layout layout = Qcow2Layout.of(1L << 30, chunks(3));

    assertThat(layout.isAllocated(2)).isFalse();
    assertThatThrownBy(() -> layout.chunkOffset(2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> layout.chunkOffset(256)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void laterChangesOfTheCallersSetDoNotMoveAnything() {
    BitSet allocated = chunks(3);
    Qcow2Layout layout = Qcow2Layout.of(1L << 30, allocated);
    long length = layout.fileLength();

    allocated.set(0, 256);

    assertThat(layout.fileLength()).isEqualTo(length);
    assertThat(layout.isAllocated(4)).isFalse();
  }

  @Test
  void theLargestDiskFullyWrittenStaysWithinTheLimitsOfQemu() {
    BitSet all = new BitSet();
    all.set(0, Math.toIntExact(Qcow2Layout.MAX_VIRTUAL_SIZE / Qcow2Layout.CHUNK_SIZE));

    Qcow2Layout layout = Qcow2Layout.of(Qcow2Layout.MAX_VIRTUAL_SIZE, all);

    assertThat(layout.l1Entries() * 8L).isLessThanOrEqualTo(HeaderFormat.MAX_L1_BYTES);
    assertThat(layout.refcountTableClusters() * CLUSTER)
        .isLessThanOrEqualTo(HeaderFormat.MAX_REFCOUNT_TABLE_BYTES);
    // Every cluster has a refcount, and not a block more than that takes.
    long blocks = (layout.l1Offset() - layout.refcountBlockOffset()) / CLUSTER;
    assertThat(blocks * 32768).isGreaterThanOrEqualTo(layout.clusterCount());
    assertThat((blocks - 1) * 32768).isLessThan(layout.clusterCount());
  }

  private static BitSet chunks(int... indexes) {
    BitSet chunks = new BitSet();
    for (int index : indexes) {
      chunks.set(index);
    }
    return chunks;
  }
}
