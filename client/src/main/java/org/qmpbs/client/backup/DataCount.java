package org.qmpbs.client.backup;

import java.io.IOException;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.nbd.Extent;

/**
 * Counts the data of disks by their block status, until it is known to be more than a limit. Asked
 * in the same windows as when the disk is read, for the same reasons ({@link ReadRanges}).
 */
final class DataCount {
  private final long limit;
  private long counted;

  DataCount(long limit) {
    this.limit = limit;
  }

  /** Counts a disk, or as much of it as it takes. */
  void add(DiskSource source) throws IOException {
    long window = (long) ReadRanges.WINDOW * Chunks.SIZE;
    for (long start = 0; start < source.size() && !isExceeded(); start += window) {
      source.allocation(start, Math.min(window, source.size() - start), this::count);
    }
  }

  private void count(Extent extent) {
    if (!extent.has(Extent.ZERO)) {
      counted += extent.length();
    }
  }

  /** Whether there is more than the limit. */
  boolean isExceeded() {
    return counted > limit;
  }
}
