package org.qmpbs.qcow2.bitmap;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One bitmap in the directory, as stored; whether the numbers make sense is for {@link
 * DirectoryRules} to say.
 *
 * @param tableOffset of the bitmap table in the image
 * @param tableSize entries of 8 bytes, unsigned 32 bits
 * @param flags see {@link BitmapFormat}
 * @param type 1 is the only one
 * @param granularityBits bytes of disk that a bit stands for, as a power of 2
 * @param extraDataSize bytes between the fixed part and the name, unsigned 32 bits
 * @param name as stored
 */
record DirectoryEntry(
    long tableOffset,
    long tableSize,
    int flags,
    int type,
    int granularityBits,
    long extraDataSize,
    BitmapName name) {
  /** An entry of the known kind. */
  static DirectoryEntry of(
      long tableOffset, long tableSize, int flags, int granularityBits, BitmapName name) {
    return new DirectoryEntry(
        tableOffset, tableSize, flags, BitmapFormat.TYPE_DIRTY_TRACKING, granularityBits, 0, name);
  }

  boolean inUse() {
    return (flags & BitmapFormat.FLAG_IN_USE) != 0;
  }

  boolean auto() {
    return (flags & BitmapFormat.FLAG_AUTO) != 0;
  }

  /** Bytes in the directory, padding included. At most 2^32 + 65535 + 31. */
  long size() {
    return size(name.length(), extraDataSize);
  }

  static long size(int nameLength, long extraDataSize) {
    return BitmapFormat.ENTRY_FIXED + extraDataSize + nameLength + 7 & ~7L;
  }

  /**
   * Bytes that the entry at {@code at} takes.
   *
   * @param at at least {@link BitmapFormat#ENTRY_FIXED} bytes follow
   */
  static long sizeAt(byte[] directory, int at) {
    ByteBuffer fixed = ByteBuffer.wrap(directory);
    int nameLength = Short.toUnsignedInt(fixed.getShort(at + 18));
    return size(nameLength, Integer.toUnsignedLong(fixed.getInt(at + 20)));
  }

  /**
   * Reads the entry at {@code at}.
   *
   * @param at all {@link #sizeAt} bytes are within {@code directory}
   */
  static DirectoryEntry decode(byte[] directory, int at) {
    ByteBuffer fixed = ByteBuffer.wrap(directory);
    int nameLength = Short.toUnsignedInt(fixed.getShort(at + 18));
    long extra = Integer.toUnsignedLong(fixed.getInt(at + 20));
    int nameAt = (int) (at + BitmapFormat.ENTRY_FIXED + extra);
    return new DirectoryEntry(
        fixed.getLong(at),
        Integer.toUnsignedLong(fixed.getInt(at + 8)),
        fixed.getInt(at + 12),
        Byte.toUnsignedInt(fixed.get(at + 16)),
        Byte.toUnsignedInt(fixed.get(at + 17)),
        extra,
        BitmapName.ofBytes(Arrays.copyOfRange(directory, nameAt, nameAt + nameLength)));
  }

  /** Appends the entry; there is never extra data in what this program writes. */
  void encode(ByteBuffer directory) {
    int end = directory.position() + (int) size();
    directory
        .putLong(tableOffset)
        .putInt((int) tableSize)
        .putInt(flags)
        .put((byte) type)
        .put((byte) granularityBits)
        .putShort((short) name.length())
        .putInt(0)
        .put(name.bytes())
        .position(end);
  }
}
