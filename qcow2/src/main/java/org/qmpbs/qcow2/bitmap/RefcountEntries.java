package org.qmpbs.qcow2.bitmap;

import java.nio.ByteBuffer;

/**
 * Refcounts of 1 to 64 bits as they stand in a refcount block: those below a byte from the lowest
 * bit of the byte on, the wider ones in network order (docs/interop/qcow2.txt, "Host cluster
 * management").
 */
final class RefcountEntries {
  private RefcountEntries() {}

  /** A refcount; above 2^63 it comes as {@link Long#MAX_VALUE}, for no more can be counted. */
  static long get(byte[] block, int index, int bits) {
    ByteBuffer bytes = ByteBuffer.wrap(block);
    return switch (bits) {
      case 64 -> {
        long value = bytes.getLong(index * Long.BYTES);
        yield value < 0 ? Long.MAX_VALUE : value;
      }
      case 32 -> Integer.toUnsignedLong(bytes.getInt(index * Integer.BYTES));
      case 16 -> Short.toUnsignedLong(bytes.getShort(index * Short.BYTES));
      case 8 -> Byte.toUnsignedLong(block[index]);
      default -> Byte.toUnsignedInt(block[(index * bits) >> 3]) >> shift(index, bits) & mask(bits);
    };
  }

  /** Puts a refcount that has at most {@code bits} bits. */
  static void set(byte[] block, int index, int bits, long value) {
    ByteBuffer bytes = ByteBuffer.wrap(block);
    switch (bits) {
      case 64 -> bytes.putLong(index * Long.BYTES, value);
      case 32 -> bytes.putInt(index * Integer.BYTES, (int) value);
      case 16 -> bytes.putShort(index * Short.BYTES, (short) value);
      case 8 -> block[index] = (byte) value;
      default -> {
        int at = (index * bits) >> 3;
        int others = block[at] & ~(mask(bits) << shift(index, bits));
        block[at] = (byte) (others | (int) value << shift(index, bits));
      }
    }
  }

  private static int shift(int index, int bits) {
    return index * bits & 7;
  }

  private static int mask(int bits) {
    return (1 << bits) - 1;
  }
}
