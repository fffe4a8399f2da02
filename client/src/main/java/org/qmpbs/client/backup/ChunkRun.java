package org.qmpbs.client.backup;

import java.util.ArrayList;
import java.util.List;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.nbd.Extent;

/**
 * Neighbouring chunks.
 *
 * @param first position of the first
 * @param count how many, at least 1
 */
record ChunkRun(int first, int count) {
  /** The position after the last. */
  int end() {
    return first + count;
  }

  /** All chunks of an image. */
  static List<ChunkRun> whole(long size) {
    return List.of(new ChunkRun(0, Chunks.count(size)));
  }

  /**
   * The chunks that any dirty range touches, in ascending order. Ranges may end after the image,
   * because bitmaps are rounded to their granularity.
   *
   * @throws IllegalArgumentException if the ranges are not in ascending order
   */
  static List<ChunkRun> touched(List<Extent> dirty, long size) {
    List<ChunkRun> runs = new ArrayList<>();
    int chunks = Chunks.count(size);
    int first = -1;
    int end = -1;
    long position = 0;
    for (Extent extent : dirty) {
      if (extent.offset() < position || extent.length() < 1) {
        throw new IllegalArgumentException("dirty ranges out of order at byte " + extent.offset());
      }
      position = extent.end();
      if (extent.offset() >= size) {
        continue;
      }
      int from = (int) (extent.offset() / Chunks.SIZE);
      int to = (int) Math.min(chunks, (extent.end() - 1) / Chunks.SIZE + 1);
      if (first >= 0 && from <= end) {
        end = Math.max(end, to);
      } else {
        if (first >= 0) {
          runs.add(new ChunkRun(first, end - first));
        }
        first = from;
        end = to;
      }
    }
    if (first >= 0) {
      runs.add(new ChunkRun(first, end - first));
    }
    return runs;
  }
}
