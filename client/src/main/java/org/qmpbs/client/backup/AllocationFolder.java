package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.nbd.Extent;

/**
 * Folds the extents of one window into work for its chunks. Only what is said to be zero is
 * believed to be; a range that no extent covers is read. Extents that go backwards are not a
 * description of anything, and are refused.
 */
final class AllocationFolder {
  /**
   * Zero gaps below this are read over: a request costs more than 64 KiB of zeros from the page
   * cache, and the list of ranges stays short on a fragmented disk.
   */
  static final int SMALLEST_GAP = 64 << 10;

  private final long size;
  private final long end;
  private final List<ChunkWork> work = new ArrayList<>();
  private long position;

  // The chunk that is being put together, and the run of zero chunks before it.
  private final List<ChunkWork.Range> ranges = new ArrayList<>();
  private int zeroFirst = -1;
  private int zeroCount;
  private long outOfOrder = -1;

  /**
   * For a window.
   *
   * @param size of the image
   * @param start of the window, at a chunk's start
   * @param end of the window, at a chunk's end or the image's
   */
  AllocationFolder(long size, long start, long end) {
    this.size = size;
    this.position = start;
    this.end = end;
  }

  /** Takes the next extent; what reaches beyond the window is ignored. */
  void add(Extent extent) {
    if (extent.offset() < position) {
      outOfOrder = extent.offset();
      return;
    }
    if (extent.offset() > position) {
      fold(Math.min(extent.offset(), end), false);
    }
    fold(Math.min(extent.end(), end), extent.has(Extent.ZERO));
  }

  /** The work of the whole window. */
  List<ChunkWork> finish() throws IOException {
    if (outOfOrder >= 0) {
      throw new IOException(
          "QEMU described its disk out of order: a block status at byte "
              + outOfOrder
              + " came after byte "
              + position);
    }
    fold(end, false);
    flushZeros();
    return work;
  }

  private void fold(long to, boolean zero) {
    while (position < to) {
      int chunk = (int) (position / Chunks.SIZE);
      long chunkStart = Chunks.start(chunk);
      int length = Chunks.length(size, chunk);
      if (zero && position == chunkStart && to - chunkStart >= length) {
        position = foldZeroChunks(chunk, to);
        continue;
      }
      long part = Math.min(to, chunkStart + length);
      if (!zero) {
        addRange((int) (position - chunkStart), (int) (part - position));
      }
      position = part;
      if (position == chunkStart + length) {
        finishChunk(chunk);
      }
    }
  }

  /** All whole chunks of a zero extent at once, so that a terabyte of nothing costs nothing. */
  private long foldZeroChunks(int chunk, long to) {
    int count = to == size ? Chunks.count(size) - chunk : (int) (to / Chunks.SIZE) - chunk;
    addZeros(chunk, count);
    return Math.min(size, Chunks.start(chunk + count));
  }

  private void addRange(int start, int length) {
    if (!ranges.isEmpty()) {
      ChunkWork.Range last = ranges.get(ranges.size() - 1);
      if (start - (last.start() + last.length()) < SMALLEST_GAP) {
        ranges.set(
            ranges.size() - 1, new ChunkWork.Range(last.start(), start + length - last.start()));
        return;
      }
    }
    ranges.add(new ChunkWork.Range(start, length));
  }

  private void finishChunk(int chunk) {
    if (ranges.isEmpty()) {
      addZeros(chunk, 1);
      return;
    }
    flushZeros();
    work.add(new ChunkWork.Read(chunk, ranges));
    ranges.clear();
  }

  private void addZeros(int chunk, int count) {
    if (zeroCount == 0) {
      zeroFirst = chunk;
    }
    zeroCount += count;
  }

  private void flushZeros() {
    if (zeroCount > 0) {
      work.add(new ChunkWork.Zero(zeroFirst, zeroCount));
      zeroCount = 0;
    }
  }
}
