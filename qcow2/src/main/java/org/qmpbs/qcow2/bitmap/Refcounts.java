package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.qmpbs.qcow2.Qcow2Header;

/**
 * The refcounts of an image, read block by block: those of a large image do not fit in memory.
 *
 * <p>What is written here is written in place, after a fresh look at the block: if it is not as it
 * was when the decision fell, somebody else wrote to the image.
 */
final class Refcounts {
  /** Blocks kept in memory are at most so many bytes, but at least two blocks. */
  private static final int CACHE_BYTES = 8 << 20;

  /** Part of a block that is written as a whole: a sector, so that no neighbour is ever torn. */
  private static final int SECTOR = 512;

  /** Bits 0 to 8 of a refcount table entry are reserved. */
  private static final long OFFSET = ~0x1ffL;

  private final Path path;
  private final ImageFile file;
  private final int width;
  private final int clusterSize;
  private final long[] table;
  private final Map<Long, RefcountBlock> cache = new LinkedHashMap<>(16, 0.75f, true);

  /** Reads the refcount table. */
  Refcounts(Path path, ImageFile file, Qcow2Header header) throws IOException {
    this.path = path;
    this.file = file;
    this.width = header.refcountBits();
    this.clusterSize = header.clusterSize();
    Qcow2Header.Table stored = header.refcountTable();
    this.table = new long[stored.entries()];
    ByteBuffer.wrap(file.read(stored.offset(), table.length * Long.BYTES))
        .asLongBuffer()
        .get(table);
    for (int i = 0; i < table.length; i++) {
      table[i] &= OFFSET;
      if ((table[i] & clusterSize - 1) != 0 || table[i] < 0 || table[i] >= file.length()) {
        throw damaged(
            "refcount table entry " + i + " points to byte " + Long.toUnsignedString(table[i]));
      }
    }
  }

  /** Clusters that a block counts. */
  int perBlock() {
    return (int) ((long) clusterSize * Byte.SIZE / width);
  }

  int width() {
    return width;
  }

  int tableEntries() {
    return table.length;
  }

  /** Where the block of a stretch of clusters stands; 0 if there is none. */
  long blockOffset(long stretch) {
    return stretch < table.length ? table[(int) stretch] : 0;
  }

  long get(long cluster) throws IOException {
    long stretch = cluster / perBlock();
    return blockOffset(stretch) == 0 ? 0 : cached(stretch).get((int) (cluster % perBlock()));
  }

  /** The first cluster from {@code from} on that has refcount 0. */
  long nextFree(long from) throws IOException {
    long at = from;
    while (true) {
      long stretch = at / perBlock();
      if (blockOffset(stretch) == 0) {
        return at;
      }
      int index = cached(stretch).nextFree((int) (at % perBlock()));
      if (index < perBlock()) {
        return stretch * perBlock() + index;
      }
      at = (stretch + 1) * perBlock();
    }
  }

  /**
   * Counts clusters whose block exists from 0 to 1.
   *
   * @throws BitmapRefusedException if one is not 0 any more
   */
  void take(long stretch, BitSet clusters) throws IOException {
    RefcountBlock block = read(stretch);
    for (int i = clusters.nextSetBit(0); i >= 0; i = clusters.nextSetBit(i + 1)) {
      if (block.get(i) != 0) {
        throw Refusals.changed(path);
      }
      block.set(i, 1);
    }
    writeChanged(stretch, block, clusters);
  }

  /**
   * Counts clusters down by 1.
   *
   * @return how many were 0 already, and stay so
   */
  int release(long stretch, BitSet clusters) throws IOException {
    if (blockOffset(stretch) == 0) {
      return clusters.cardinality();
    }
    RefcountBlock block = read(stretch);
    int already = 0;
    for (int i = clusters.nextSetBit(0); i >= 0; i = clusters.nextSetBit(i + 1)) {
      long count = block.get(i);
      if (count == 0) {
        already++;
      } else {
        block.set(i, count - 1);
      }
    }
    writeChanged(stretch, block, clusters);
    return already;
  }

  /** Writes the sectors that hold the refcounts of some clusters; neighbouring ones at once. */
  private void writeChanged(long stretch, RefcountBlock block, BitSet clusters) throws IOException {
    cache.remove(stretch);
    BitSet sectors = new BitSet();
    clusters.stream().forEach(index -> sectors.set(block.byteOf(index) / SECTOR));
    int from = sectors.nextSetBit(0);
    while (from >= 0) {
      int to = sectors.nextClearBit(from);
      file.write(
          blockOffset(stretch) + (long) from * SECTOR,
          ByteBuffer.wrap(block.bytes(), from * SECTOR, (to - from) * SECTOR));
      from = sectors.nextSetBit(to);
    }
  }

  private RefcountBlock cached(long stretch) throws IOException {
    RefcountBlock known = cache.get(stretch);
    if (known == null) {
      known = read(stretch);
      int most = Math.max(2, CACHE_BYTES / clusterSize);
      if (cache.size() >= most) {
        cache.remove(cache.keySet().iterator().next());
      }
      cache.put(stretch, known);
    }
    return known;
  }

  private RefcountBlock read(long stretch) throws IOException {
    return new RefcountBlock(file.read(blockOffset(stretch), clusterSize), width);
  }

  /** The table's entries; not a copy. */
  long[] table() {
    return table;
  }

  private BitmapRefusedException damaged(String what) {
    return Refusals.refcountsDamaged(path, what);
  }
}
