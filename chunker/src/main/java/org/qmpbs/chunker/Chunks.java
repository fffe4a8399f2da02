package org.qmpbs.chunker;

/**
 * The arithmetic of fixed-size chunks: an image is cut every 4 MiB, the last chunk may be short.
 */
public final class Chunks {
  /** Bytes in a chunk; the server accepts no other size in a fixed index (pbs-protocol.md). */
  public static final int SIZE = 4 << 20;

  private Chunks() {}

  /** How many chunks an image of {@code imageSize} bytes has. */
  public static int count(long imageSize) {
    return Math.toIntExact((imageSize + SIZE - 1) / SIZE);
  }

  /** Where chunk {@code index} starts, in bytes. */
  public static long start(int index) {
    return (long) index * SIZE;
  }

  /** Length of chunk {@code index} in bytes: {@link #SIZE}, or what is left for the last one. */
  public static int length(long imageSize, int index) {
    return (int) Math.min(SIZE, imageSize - start(index));
  }
}
