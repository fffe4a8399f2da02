package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.util.List;
import java.util.TreeSet;

/**
 * The windows of clusters in which something can stand: those for which there are refcounts, and
 * those that bitmaps claim. A sparse image of any length has few.
 *
 * @param starts first cluster of each, ascending
 * @param size clusters of each
 * @param all whether these are all; if not, the image is larger than can be counted
 */
record Windows(List<Long> starts, int size, boolean all) {
  /** 2^34 clusters, an exbibyte of the usual ones. */
  private static final int MOST = 1 << 12;

  static Windows of(RefcountIndex refcounts, BitmapClaims claims, int clusterBits)
      throws IOException {
    int perBlock = refcounts.clustersPerBlock();
    TreeSet<Long> starts = new TreeSet<>();
    long end = 0;
    for (int i = 0; i < refcounts.count(); i++) {
      if (refcounts.offset(i) != 0) {
        long first = (long) i * perBlock;
        end = Math.max(end, first + perBlock);
        for (long at = first / Census.WINDOW; at * Census.WINDOW < first + perBlock; at++) {
          add(starts, at);
        }
      }
    }
    long[] claimed = {end};
    claims.forEach(
        (bitmap, pointer, offset, bytes) -> {
          long last = (offset + bytes - 1) >>> clusterBits;
          claimed[0] = Math.max(claimed[0], last + 1);
          for (long at = (offset >>> clusterBits) / Census.WINDOW;
              at <= last / Census.WINDOW;
              at++) {
            add(starts, at);
          }
        });
    int size = (int) Math.min(Census.WINDOW, Math.max(1, claimed[0]));
    boolean all = starts.size() <= MOST;
    return new Windows(
        all ? starts.stream().map(at -> at * Census.WINDOW).toList() : List.of(), size, all);
  }

  private static void add(TreeSet<Long> starts, long at) {
    if (starts.size() <= MOST) {
      starts.add(at);
    }
  }
}
