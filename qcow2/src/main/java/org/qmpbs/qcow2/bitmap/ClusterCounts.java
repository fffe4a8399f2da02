package org.qmpbs.qcow2.bitmap;

import java.util.Arrays;

/** How often each offset was added; 12 bytes each, where a map of objects would take 80. */
final class ClusterCounts {
  private static final int FIRST_SIZE = 1 << 8;

  private long[] keys = new long[FIRST_SIZE];
  private int[] counts = new int[FIRST_SIZE];
  private int size;

  /** Counts an offset, which is not 0, {@code times} more. */
  void add(long offset, int times) {
    if (size * 2 >= keys.length) {
      grow();
    }
    put(offset, times);
  }

  private void put(long offset, int times) {
    int at = slot(offset);
    if (keys[at] == 0) {
      keys[at] = offset;
      size++;
    }
    counts[at] = (int) Math.min((long) counts[at] + times, Integer.MAX_VALUE);
  }

  int get(long offset) {
    return counts[slot(offset)];
  }

  int size() {
    return size;
  }

  /** All offsets, ascending. */
  long[] sorted() {
    return Arrays.stream(keys).filter(key -> key != 0).sorted().toArray();
  }

  private int slot(long offset) {
    // Offsets are multiples of the cluster size: only a hash of all bits spreads them.
    long hash = offset * 0x9e37_79b9_7f4a_7c15L;
    int mask = keys.length - 1;
    int at = (int) (hash >>> 32) & mask;
    while (keys[at] != 0 && keys[at] != offset) {
      at = at + 1 & mask;
    }
    return at;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldCounts = counts;
    keys = new long[oldKeys.length * 2];
    counts = new int[oldKeys.length * 2];
    size = 0;
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        put(oldKeys[i], oldCounts[i]);
      }
    }
  }
}
