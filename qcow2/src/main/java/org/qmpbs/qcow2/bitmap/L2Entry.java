package org.qmpbs.qcow2.bitmap;

/**
 * Which bytes of the image an L2 entry claims for guest data (docs/interop/qcow2.txt, "L2 table
 * entry").
 *
 * @param offset of the first byte
 * @param bytes none if the entry claims nothing of this file
 * @param sound whether no reserved bit is set and the offset is aligned
 */
record L2Entry(long offset, long bytes, boolean sound) {
  private static final long COMPRESSED = 1L << 62;

  private static final long COPIED = 1L << 63;

  private static final int SECTOR = 512;

  /** Bits 1 to 8 and 56 to 61. */
  private static final long RESERVED = 0x3f00_0000_0000_01feL;

  /** In an extended entry the bitmap says what reads as zeros, not bit 0. */
  private static final long EXTENDED_RESERVED = RESERVED | 1;

  /**
   * What all entries of an image have in common.
   *
   * @param extended entries of 16 bytes
   * @param external guest data stands in another file
   */
  record Kind(int clusterBits, boolean extended, boolean external) {
    int entryBytes() {
      return extended ? 2 * Long.BYTES : Long.BYTES;
    }
  }

  /** Reads an entry, or the first half of an extended one. */
  static L2Entry of(long entry, Kind kind) {
    return (entry & COMPRESSED) == 0 ? standard(entry, kind) : compressed(entry, kind);
  }

  private static L2Entry standard(long entry, Kind kind) {
    long offset = entry & BitmapFormat.TABLE_OFFSET;
    boolean sound = (entry & (kind.extended() ? EXTENDED_RESERVED : RESERVED)) == 0;
    boolean aligned = (offset & (1L << kind.clusterBits()) - 1) == 0;
    long bytes = offset == 0 || kind.external() ? 0 : 1L << kind.clusterBits();
    return new L2Entry(offset, bytes, sound && aligned);
  }

  /** Whole sectors, but from the offset on, which need not be at the start of one. */
  private static L2Entry compressed(long entry, Kind kind) {
    int sectorBits = kind.clusterBits() - 8;
    int offsetBits = 62 - sectorBits;
    long offset = entry & (1L << offsetBits) - 1;
    long sectors = (entry >>> offsetBits & (1L << sectorBits) - 1) + 1;
    long bytes = sectors * SECTOR - offset % SECTOR;
    return new L2Entry(offset, bytes, (entry & COPIED) == 0 && !kind.external());
  }
}
