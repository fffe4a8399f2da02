package org.qmpbs.nbd;

import java.util.function.Consumer;

/**
 * Makes of a server's descriptors the extents a caller wants: clipped to the range that was asked
 * for, neighbours with equal flags joined (QEMU cuts at the borders of its own structures and of
 * requests). Holds one extent back, so memory does not grow.
 */
final class ExtentMerger {
  private final long end;
  private final int mask;
  private final Consumer<Extent> consumer;
  private long start;
  private long position;
  private int flags;

  /**
   * @param mask bits of the flags that mean something
   */
  ExtentMerger(long offset, long end, int mask, Consumer<Extent> consumer) {
    this.start = offset;
    this.position = offset;
    this.end = end;
    this.mask = mask;
    this.consumer = consumer;
  }

  /** The first byte that nothing is known of yet. */
  long position() {
    return position;
  }

  /**
   * Takes pairs of length (unsigned) and flags that begin at {@code from}, at or before {@link
   * #position}; what is known already or lies after the end is left out.
   */
  void take(long from, int[] descriptors) {
    long at = from;
    for (int i = 0; i < descriptors.length && at < end; i += 2) {
      at += Integer.toUnsignedLong(descriptors[i]);
      advance(Math.min(at, end), descriptors[i + 1] & mask);
    }
  }

  /** Hands out the last extent. */
  void finish() {
    if (position > start) {
      consumer.accept(new Extent(start, position - start, flags));
      start = position;
    }
  }

  private void advance(long to, int newFlags) {
    if (to <= position) {
      return;
    }
    if (newFlags != flags) {
      finish();
      flags = newFlags;
    }
    position = to;
  }
}
