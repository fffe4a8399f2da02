package org.qmpbs.nbd;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which bytes of one read were delivered: a server may send them in any order and in pieces of any
 * size, but each exactly once. Touching pieces are joined, so that a reply in order needs one entry
 * whatever the size of its chunks.
 */
final class Coverage {
  /**
   * Bounds the memory that a hostile server can make this client spend on one reply. An honest one
   * that shuffles the 512-byte sectors of the largest request reaches half of it.
   */
  static final int MAX_PIECES = 1 << 16;

  /** The outcome of {@link #add}. */
  enum Added {
    NEW,
    OVERLAPS,
    TOO_MANY_PIECES
  }

  private final TreeMap<Integer, Integer> endByStart = new TreeMap<>();

  /** Marks {@code [from, to)}, relative to the request; {@code from < to}. */
  Added add(int from, int to) {
    Map.Entry<Integer, Integer> before = endByStart.lowerEntry(to);
    if (before != null && before.getValue() > from) {
      return Added.OVERLAPS;
    }
    int start = from;
    int end = to;
    if (before != null && before.getValue() == from) {
      start = before.getKey();
    }
    Integer joined = endByStart.remove(to);
    if (joined != null) {
      end = joined;
    }
    endByStart.put(start, end);
    return endByStart.size() > MAX_PIECES ? Added.TOO_MANY_PIECES : Added.NEW;
  }

  /** The first byte of {@code [0, length)} that is missing, or {@code length} when none is. */
  int firstGap(int length) {
    Map.Entry<Integer, Integer> first = endByStart.firstEntry();
    if (first == null || first.getKey() > 0) {
      return 0;
    }
    return Math.min(length, first.getValue());
  }
}
