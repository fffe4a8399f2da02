package org.qmpbs.qcow2.bitmap;

/**
 * Numbers of the bitmap structures (docs/interop/qcow2.txt, "Bitmaps extension" to "Bitmap table"),
 * and the limits of QEMU (block/qcow2-bitmap.c, block/qcow2.h).
 */
final class BitmapFormat {
  /** Bytes of a header extension's type and length. */
  static final int EXTENSION_PREFIX = 8;

  /** Bytes of the bitmaps extension's data: count, reserved, size, offset. */
  static final int EXTENSION_LENGTH = 24;

  /** QCOW2_MAX_BITMAPS. */
  static final int MAX_BITMAPS = 65535;

  /** QCOW2_MAX_BITMAP_DIRECTORY_SIZE: 1024 bytes for each of the most bitmaps. */
  static final int MAX_DIRECTORY_BYTES = 0x3ff_fc00;

  /** Fixed part of a directory entry; extra data and the name follow. */
  static final int ENTRY_FIXED = 24;

  /** BME_MAX_TABLE_SIZE, in entries. */
  static final long MAX_TABLE_ENTRIES = 0x800_0000;

  /** BME_MAX_PHYS_SIZE: most bytes of one bitmap, whatever its granularity. */
  static final long MAX_BITMAP_BYTES = 0x2000_0000;

  static final int MIN_GRANULARITY_BITS = 9;

  static final int MAX_GRANULARITY_BITS = 31;

  /** BME_MAX_NAME_SIZE. */
  static final int MAX_NAME_BYTES = 1023;

  /** The only type there is: a dirty tracking bitmap. */
  static final int TYPE_DIRTY_TRACKING = 1;

  /** The bitmap was not saved properly; its bits mean nothing. */
  static final int FLAG_IN_USE = 1;

  /** QEMU records into it from the moment the image is opened. */
  static final int FLAG_AUTO = 2;

  static final int KNOWN_FLAGS = FLAG_IN_USE | FLAG_AUTO;

  /** Bits 1 to 8 and 56 to 63 of a table entry must be zero. */
  static final long TABLE_RESERVED = 0xff00_0000_0000_01feL;

  static final long TABLE_OFFSET = 0x00ff_ffff_ffff_fe00L;

  /** In an entry without offset: all bits of the cluster are set. */
  static final long TABLE_ALL_ONES = 1;

  /** BDRV_MAX_LENGTH: QEMU reads nothing behind it. */
  static final long MAX_FILE = Long.MAX_VALUE & -(1L << 30);

  /** Autoclear bit 0, of the header's byte 88 on: the bitmaps are up to date with the data. */
  static final long AUTOCLEAR_BITMAPS = 1;

  /** Autoclear bit 1, raw external data. Bits that are not known must be cleared by a writer. */
  static final long AUTOCLEAR_OF_OTHERS = 2;

  /**
   * Autoclear bit 63, which nobody knows: any program that writes to the image clears it. While it
   * is set, the image is as the repair left it.
   *
   * <p>Never set if there are internal snapshots: {@code qemu-img check -r} of QEMU 7.2 to 11.1
   * writes the header anew if there is a bit that it does not know, before it has read the table of
   * snapshots, and so deletes them all (block/qcow2.c, qcow2_do_open with BDRV_O_CHECK).
   */
  static final long AUTOCLEAR_REPAIRED = 1L << 63;

  /** Of the eight bytes of autoclear bits, in a version 3 image. */
  static final int AUTOCLEAR_AT = 88;

  private BitmapFormat() {}

  /** Data clusters, which is table entries, of a bitmap. */
  static long tableEntries(long virtualSize, int granularityBits, int clusterBits) {
    return roundedUp(bits(virtualSize, granularityBits), clusterBits + 3);
  }

  /** Bits of a bitmap: the last one may stand for less than the others. */
  static long bits(long virtualSize, int granularityBits) {
    return roundedUp(virtualSize, granularityBits);
  }

  /** {@code value / 2^bits}, rounded up; without overflow for any value from 0. */
  private static long roundedUp(long value, int bits) {
    return (value >>> bits) + ((value & (1L << bits) - 1) == 0 ? 0 : 1);
  }
}
