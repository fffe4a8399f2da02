package org.qmpbs.qcow2.bitmap;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The header extension that says where the bitmap directory stands. Numbers are as stored.
 *
 * @param count of bitmaps, unsigned 32 bits
 * @param reserved must be 0
 * @param directorySize in bytes
 * @param directoryOffset in the image, aligned to clusters
 */
record BitmapsExtension(long count, int reserved, long directorySize, long directoryOffset) {
  /**
   * Takes it from its data.
   *
   * @param at the offset of the 24 bytes in {@code head}; what it no longer holds reads as zeros
   */
  static BitmapsExtension decode(byte[] head, int at) {
    ByteBuffer data =
        ByteBuffer.wrap(Arrays.copyOfRange(head, at, at + BitmapFormat.EXTENSION_LENGTH));
    return new BitmapsExtension(
        Integer.toUnsignedLong(data.getInt()), data.getInt(), data.getLong(), data.getLong());
  }

  /** Its 24 bytes of data. */
  byte[] encode() {
    return ByteBuffer.allocate(BitmapFormat.EXTENSION_LENGTH)
        .putInt((int) count)
        .putInt(reserved)
        .putLong(directorySize)
        .putLong(directoryOffset)
        .array();
  }
}
