package org.qmpbs.chunker;

import java.util.Objects;

/**
 * The arithmetic of fixed-size chunks: an image is cut every 4 MiB, the last chunk may be short.
 */
public final class Chunks {
  /**
   * Bytes in a chunk; the server accepts no other size in a fixed index (docs/protocol.md, "Fixed
   * index").
   */
  public static final int SIZE = 4 << 20;

  private Chunks() {}

  /**
   * How many chunks an image of {@code imageSize} bytes has.
   *
   * @throws IllegalArgumentException if the size is negative
   * @throws ArithmeticException if there are more than an {@code int} can number (8 PiB)
   */
  public static int count(long imageSize) {
    if (imageSize < 0) {
      throw new IllegalArgumentException("an image cannot have " + imageSize + " bytes");
    }
    // Not (imageSize + SIZE - 1) / SIZE, which overflows.
    return Math.toIntExact(imageSize / SIZE + (imageSize % SIZE == 0 ? 0 : 1));
  }

  /** Where chunk {@code index} starts, in bytes. */
  public static long start(int index) {
    return (long) index * SIZE;
  }

  /**
   * Length of chunk {@code index} in bytes: {@link #SIZE}, or what is left for the last one.
   *
   * @throws IndexOutOfBoundsException if the image has no such chunk
   */
  public static int length(long imageSize, int index) {
    Objects.checkIndex(index, count(imageSize));
    return (int) Math.min(SIZE, imageSize - start(index));
  }
}
