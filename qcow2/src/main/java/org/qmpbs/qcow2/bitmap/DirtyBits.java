package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.util.BitSet;
import org.qmpbs.qcow2.Qcow2Header;

/**
 * The bits of a bitmap in an image, read cluster by cluster: a bitmap can have 512 MiB of them.
 *
 * <p>Bits behind the end of the disk mean nothing and are never shown, whoever has set them.
 */
final class DirtyBits {
  private final ImageFile file;
  private final long[] table;
  private final int clusterSize;
  private final long virtualSize;
  private final int granularityBits;
  private final long bits;

  /**
   * Bits to be read.
   *
   * @param table with valid entries, as many as the disk needs; is read whenever a cluster is
   */
  DirtyBits(ImageFile file, Qcow2Header header, int granularityBits, long[] table) {
    this.file = file;
    this.table = table;
    this.clusterSize = header.clusterSize();
    this.virtualSize = header.virtualSize();
    this.granularityBits = granularityBits;
    this.bits = BitmapFormat.bits(virtualSize, granularityBits);
  }

  int granularityBits() {
    return granularityBits;
  }

  int clusters() {
    return table.length;
  }

  int clusterSize() {
    return clusterSize;
  }

  /** How many bits of a cluster mean something. */
  int bitsOf(int cluster) {
    long before = (long) cluster * bitsPerCluster();
    return (int) Math.min(bitsPerCluster(), bits - before);
  }

  int bitsPerCluster() {
    return clusterSize * Byte.SIZE;
  }

  /** The bits of a cluster; bit 0 is the cluster's first. */
  BitSet read(int cluster) throws IOException {
    long entry = table[cluster];
    int used = bitsOf(cluster);
    if (BitmapTable.offset(entry) == 0) {
      BitSet same = new BitSet();
      same.set(0, used, (entry & BitmapFormat.TABLE_ALL_ONES) != 0);
      return same;
    }
    int bytes = (used + Byte.SIZE - 1) / Byte.SIZE;
    // Both count bits from the least one of the first byte on.
    BitSet stored = BitSet.valueOf(file.read(BitmapTable.offset(entry), bytes));
    stored.clear(used, Math.max(used, stored.length()));
    return stored;
  }

  /** Tells the dirty ranges of the disk. */
  void forEachRange(DirtyRange consumer) throws IOException {
    long start = -1;
    long end = -1;
    for (int cluster = 0; cluster < table.length; cluster++) {
      if (table[cluster] == 0) {
        continue;
      }
      BitSet set = read(cluster);
      long first = (long) cluster * bitsPerCluster();
      int from = set.nextSetBit(0);
      while (from >= 0) {
        int to = set.nextClearBit(from);
        // A run may go on from the cluster before.
        if (first + from != end) {
          tell(start, end, consumer);
          start = first + from;
        }
        end = first + to;
        from = set.nextSetBit(to);
      }
    }
    tell(start, end, consumer);
  }

  private void tell(long start, long end, DirtyRange consumer) throws IOException {
    if (start >= 0) {
      long offset = start << granularityBits;
      long last = end == bits ? virtualSize : end << granularityBits;
      consumer.accept(offset, last - offset);
    }
  }

  /** Bytes of the disk that are dirty. */
  long dirtyBytes() throws IOException {
    long[] sum = {0};
    forEachRange((offset, length) -> sum[0] += length);
    return sum[0];
  }
}
