package org.qmpbs.client.restore;

import java.io.IOException;
import org.qmpbs.chunker.Zeros;

/**
 * Tells zeros from data within a chunk. 64 KiB is the cluster size of qcow2 and a multiple of every
 * file system's block size; smaller holes would make more extents than they save space.
 */
final class SparseRuns {
  static final int BLOCK = 64 << 10;

  private SparseRuns() {}

  /** Receives a run of blocks that are not zero. */
  interface Run {
    void accept(int from, int length) throws IOException;
  }

  /** Calls {@code data} for every run of {@code plain} between blocks of zeros, in order. */
  static void forEach(byte[] plain, Run data) throws IOException {
    int from = 0;
    while (from < plain.length) {
      int end = from;
      while (end < plain.length && !isZeroBlock(plain, end)) {
        end = Math.min(plain.length, end + BLOCK);
      }
      if (end > from) {
        data.accept(from, end - from);
      }
      from = end + BLOCK;
    }
  }

  private static boolean isZeroBlock(byte[] plain, int from) {
    return Zeros.isZero(plain, from, Math.min(BLOCK, plain.length - from));
  }
}
