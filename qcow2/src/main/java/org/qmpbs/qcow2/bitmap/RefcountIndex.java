package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.qmpbs.qcow2.Qcow2Header;

/**
 * Where the refcounts of an image stand, as far as its refcount table can be followed. Blocks that
 * cannot be are damage, and their refcounts are not known.
 */
final class RefcountIndex {
  /** Bits 0 to 8 of an entry of the refcount table. */
  private static final long RESERVED = 0x1ff;

  private static final long NONE = 0;

  /** The least size of a cluster, and so of a block. */
  private static final int PIECE = 512;

  private final ImageFile file;
  private final int refcountBits;
  private final int clusterBits;
  private final long[] blocks;
  private byte[] piece = new byte[0];
  private long pieceAt = -1;

  /**
   * Reads the refcount table.
   *
   * @param damage gets what is wrong with it
   */
  RefcountIndex(ImageFile file, Qcow2Header header, GuestDamage damage) throws IOException {
    this.file = file;
    this.refcountBits = header.refcountBits();
    this.clusterBits = header.clusterBits();
    this.blocks = blocks(header.refcountTable(), damage);
  }

  private long[] blocks(Qcow2Header.Table table, GuestDamage damage) throws IOException {
    long inside = Math.max(0, file.length() - table.offset()) / Long.BYTES;
    int entries = (int) Math.min(inside, table.entries());
    if (entries < table.entries()) {
      damage.add(
          table.offset(),
          "a refcount table within the image",
          "its end at byte " + (table.offset() + (long) table.entries() * Long.BYTES));
    }
    long[] offsets = new long[entries];
    ByteBuffer.wrap(file.read(table.offset(), entries * Long.BYTES)).asLongBuffer().get(offsets);
    for (int i = 0; i < entries; i++) {
      long offset = offsets[i];
      boolean follows =
          (offset & RESERVED) == 0
              && (offset & (1L << clusterBits) - 1) == 0
              && offset >= 0
              && offset < file.length();
      if (!follows) {
        damage.add(
            table.offset() + (long) i * Long.BYTES,
            "a refcount block at the start of a cluster of the image",
            String.format("%016x", offset));
        offsets[i] = NONE;
      }
    }
    return offsets;
  }

  /** Clusters whose refcounts stand in one block. */
  int clustersPerBlock() {
    return 1 << (clusterBits + 3 - Integer.numberOfTrailingZeros(refcountBits));
  }

  /** Blocks, existing or not. */
  int count() {
    return blocks.length;
  }

  /** Offset of a block; 0 if there is none, all its refcounts being 0 then. */
  long offset(long block) {
    return block < blocks.length ? blocks[(int) block] : NONE;
  }

  int refcountBits() {
    return refcountBits;
  }

  /** Most that a refcount can be. */
  long most() {
    return refcountBits >= Long.SIZE - 1 ? Long.MAX_VALUE : (1L << refcountBits) - 1;
  }

  /** Offset of the byte in which the refcount of a cluster begins; of the table if it has none. */
  long offsetOfEntry(long cluster) {
    long block = offset(cluster / clustersPerBlock());
    return block == NONE ? NONE : block + ((cluster % clustersPerBlock() * refcountBits) >> 3);
  }

  /** The refcount of one cluster. */
  long get(long cluster) throws IOException {
    long at = offsetOfEntry(cluster);
    if (at == NONE) {
      return 0;
    }
    long start = at & -PIECE;
    if (start != pieceAt) {
      piece = file.read(start, PIECE);
      pieceAt = start;
    }
    int index = (int) (cluster % (PIECE * 8L / refcountBits));
    return RefcountEntries.get(piece, index, refcountBits);
  }

  /** Takes the refcount of each cluster of a range. */
  interface Visitor {
    void visit(long cluster, long refcount);
  }

  /** Tells the refcounts of {@code count} clusters from {@code first} on. */
  void forEach(long first, int count, Visitor visitor) throws IOException {
    long end = first + count;
    long cluster = first;
    while (cluster < end) {
      int index = (int) (cluster % clustersPerBlock());
      int here = (int) Math.min(clustersPerBlock() - index, end - cluster);
      long at = offset(cluster / clustersPerBlock());
      byte[] block = at == NONE ? new byte[0] : file.read(at, 1 << clusterBits);
      for (int i = 0; i < here; i++) {
        long refcount = at == NONE ? 0 : RefcountEntries.get(block, index + i, refcountBits);
        visitor.visit(cluster + i, refcount);
      }
      cluster += here;
    }
  }
}
