package org.qmpbs.qcow2.bitmap;

import java.util.Arrays;

/**
 * Who claims the clusters of one window of an image. What is claimed outside of the window is not
 * noted, so an image of any size is counted in as many passes as it has windows, each in the same
 * memory.
 */
final class Census {
  /** Clusters of a window: 256 GiB of an image with the usual clusters, in 20 MiB of memory. */
  static final int WINDOW = 1 << 22;

  /** Guest data, compressed or not. */
  static final int GUEST = 1;

  /** A structure that leads to guest data. */
  static final int METADATA = 2;

  /** One that nothing else may share: the header, L1 and refcount structures, snapshots. */
  static final int EXCLUSIVE = 4;

  /** A bitmap structure. */
  static final int BITMAP = 8;

  /** More than one bitmap structure. */
  static final int BITMAPS = 16;

  /** A bitmap structure that stays when the image is repaired. */
  static final int KEPT = 32;

  private final int clusterBits;
  private final int[] references;
  private final byte[] claims;
  private long first;

  /**
   * An empty one.
   *
   * @param size clusters of a window
   */
  Census(int clusterBits, int size) {
    this.clusterBits = clusterBits;
    this.references = new int[size];
    this.claims = new byte[size];
  }

  /** Forgets everything and turns to the window that starts with a cluster. */
  void moveTo(long cluster) {
    first = cluster;
    Arrays.fill(references, 0);
    Arrays.fill(claims, (byte) 0);
  }

  long first() {
    return first;
  }

  int size() {
    return references.length;
  }

  boolean has(long cluster) {
    return cluster >= first && cluster < first + references.length;
  }

  /** Notes references from guest data or what leads to it. */
  void refer(long offset, long bytes, int times, int claim) {
    int from = from(offset);
    int to = to(offset, bytes);
    for (int i = from; i < to; i++) {
      long sum = (long) references[i] + times;
      references[i] = (int) Math.min(sum, Integer.MAX_VALUE);
      claims[i] |= (byte) claim;
    }
  }

  /** Notes a bitmap structure. */
  void claimForBitmap(long offset, long bytes, boolean kept) {
    int from = from(offset);
    int to = to(offset, bytes);
    for (int i = from; i < to; i++) {
      int more = (claims[i] & BITMAP) == 0 ? BITMAP : BITMAPS;
      claims[i] |= (byte) (kept ? more | KEPT : more);
    }
  }

  /** References that are not from bitmaps. */
  int references(long cluster) {
    return references[(int) (cluster - first)];
  }

  /** Whether one of the claims is noted. */
  boolean claimed(long cluster, int claim) {
    return (claims[(int) (cluster - first)] & claim) != 0;
  }

  private int from(long offset) {
    long cluster = (offset >>> clusterBits) - first;
    return (int) Math.max(0, Math.min(cluster, references.length));
  }

  private int to(long offset, long bytes) {
    long last = ((offset + bytes - 1) >>> clusterBits) - first;
    return bytes == 0 ? 0 : (int) Math.max(0, Math.min(last + 1, references.length));
  }
}
