package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import org.qmpbs.qcow2.Qcow2Header;

/**
 * The table of the bitmap that is worked on. A cluster of bits that changes is written at once, to
 * a place that nothing uses, so no more than two clusters of bits are in memory, and nothing that
 * the image has is touched.
 */
final class EditedTable {
  private final ImageFile file;
  private final ClusterAllocator allocator;
  private final long[] entries;
  private final DirtyBits bits;

  /**
   * A table to work on.
   *
   * @param entries as they are now; will be changed
   */
  EditedTable(
      ImageFile file,
      Qcow2Header header,
      ClusterAllocator allocator,
      int granularityBits,
      long[] entries) {
    this.file = file;
    this.allocator = allocator;
    this.entries = entries;
    this.bits = new DirtyBits(file, header, granularityBits, entries);
  }

  /** Not a copy. */
  long[] entries() {
    return entries;
  }

  /** Sets all bits to zero; clusters that were taken for them are free again. */
  void clear() {
    for (long entry : entries) {
      if (isOwn(entry)) {
        allocator.giveBack(BitmapTable.offset(entry), bits.clusterSize());
      }
    }
    Arrays.fill(entries, 0);
  }

  /** Sets what is set in bits of the same disk. */
  void merge(DirtyBits source) throws IOException {
    if (source.granularityBits() == bits.granularityBits()
        && source.clusterSize() == bits.clusterSize()) {
      for (int cluster = 0; cluster < source.clusters(); cluster++) {
        BitSet set = source.read(cluster);
        if (!set.isEmpty()) {
          BitSet all = bits.read(cluster);
          all.or(set);
          store(cluster, all);
        }
      }
      return;
    }
    Window window = new Window();
    source.forEachRange(window);
    window.close();
  }

  /** The one cluster of bits that ranges, which come in ascending order, are being set in. */
  private final class Window implements DirtyRange {
    private int cluster = -1;
    private BitSet set = new BitSet();

    @Override
    public void accept(long offset, long length) throws IOException {
      long first = offset >>> bits.granularityBits();
      long end = ((offset + length - 1) >>> bits.granularityBits()) + 1;
      while (first < end) {
        moveTo((int) (first / bits.bitsPerCluster()));
        long start = (long) cluster * bits.bitsPerCluster();
        long to = Math.min(end, start + bits.bitsPerCluster());
        set.set((int) (first - start), (int) (to - start));
        first = to;
      }
    }

    private void moveTo(int other) throws IOException {
      if (other != cluster) {
        close();
        cluster = other;
        set = bits.read(cluster);
      }
    }

    private void close() throws IOException {
      if (cluster >= 0) {
        store(cluster, set);
      }
    }
  }

  private void store(int cluster, BitSet set) throws IOException {
    // Bits are only ever added here, so their number tells a change.
    if (set.cardinality() == bits.read(cluster).cardinality()) {
      return;
    }
    if (!isOwn(entries[cluster])) {
      entries[cluster] = allocator.allocate();
    }
    byte[] bytes = Arrays.copyOf(set.toByteArray(), bits.clusterSize());
    file.write(BitmapTable.offset(entries[cluster]), ByteBuffer.wrap(bytes));
  }

  private boolean isOwn(long entry) {
    return BitmapTable.offset(entry) != 0 && allocator.owns(BitmapTable.offset(entry));
  }
}
