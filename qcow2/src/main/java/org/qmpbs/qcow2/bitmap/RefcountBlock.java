package org.qmpbs.qcow2.bitmap;

/** A cluster of refcounts, see {@link RefcountEntries}. */
final class RefcountBlock {
  private final byte[] bytes;
  private final int width;

  /**
   * A block as stored; not copied.
   *
   * @param width bits of a refcount, a power of 2
   */
  RefcountBlock(byte[] bytes, int width) {
    this.bytes = bytes;
    this.width = width;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Refcounts that there are. */
  int size() {
    return (int) ((long) bytes.length * Byte.SIZE / width);
  }

  long get(int index) {
    return RefcountEntries.get(bytes, index, width);
  }

  /**
   * Sets a refcount.
   *
   * @param value that fits in the width
   */
  void set(int index, long value) {
    RefcountEntries.set(bytes, index, width, value);
  }

  /** The first index from {@code from} on with refcount 0; {@link #size} if there is none. */
  int nextFree(int from) {
    int index = from;
    while (index < size() && get(index) != 0) {
      index++;
    }
    return index;
  }

  /** Offset in the block of the first byte of a refcount. */
  int byteOf(int index) {
    return (int) ((long) index * width / Byte.SIZE);
  }
}
