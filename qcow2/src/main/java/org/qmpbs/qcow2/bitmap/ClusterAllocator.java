package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.qmpbs.qcow2.Qcow2Header;

/**
 * Finds clusters that nothing uses, the first ones first, as QEMU does. They stay free on the disk
 * until {@link RefcountUpdate} counts them, so whatever is written to them before is not there for
 * anybody else, and may be overwritten.
 *
 * <p>The search goes through the image once: what it passed by is not looked at again, but for what
 * is given back.
 */
final class ClusterAllocator {
  private final Path path;
  private final ImageFile file;
  private final Refcounts refcounts;
  private final KnownMetadata known;
  private final int clusterBits;
  private final ClusterSet taken;
  private final Deque<Long> givenBack = new ArrayDeque<>();
  private long next;

  ClusterAllocator(StrictImage image, Refcounts refcounts, KnownMetadata known) {
    this.path = image.path();
    this.file = image.file();
    this.refcounts = refcounts;
    this.known = known;
    Qcow2Header header = image.header();
    this.clusterBits = header.clusterBits();
    this.taken = new ClusterSet(refcounts.perBlock());
  }

  /** Takes a cluster; returns its offset. */
  long allocate() throws IOException {
    Long again = givenBack.poll();
    while (again != null && taken.contains(again)) {
      // A run went over it meanwhile.
      again = givenBack.poll();
    }
    if (again != null) {
      taken.add(again);
      return again << clusterBits;
    }
    long cluster = free(next);
    next = cluster + 1;
    taken.add(cluster);
    return cluster << clusterBits;
  }

  /**
   * Takes clusters next to each other.
   *
   * @param bytes that must fit in, at least 1
   * @return offset of the first one
   */
  long allocateRun(long bytes) throws IOException {
    long count = clusters(bytes);
    if (count == 1) {
      return allocate();
    }
    long start = free(next);
    long end = start + 1;
    while (end - start < count) {
      long following = free(end);
      if (following != end) {
        start = following;
      }
      end = following + 1;
    }
    for (long cluster = start; cluster < end; cluster++) {
      taken.add(cluster);
    }
    return start << clusterBits;
  }

  /** Gives back what was taken by this. */
  void giveBack(long offset, long bytes) {
    long first = offset >>> clusterBits;
    for (long cluster = first; cluster < first + clusters(bytes); cluster++) {
      if (!taken.remove(cluster)) {
        throw new IllegalArgumentException("not taken: cluster " + cluster);
      }
      givenBack.add(cluster);
    }
  }

  /** Whether a cluster was taken by this, so that it may be overwritten. */
  boolean owns(long offset) {
    return taken.contains(offset >>> clusterBits);
  }

  /** What was taken, by number. */
  ClusterSet taken() {
    return taken;
  }

  private long clusters(long bytes) {
    return ((bytes - 1) >>> clusterBits) + 1;
  }

  private long free(long from) throws IOException {
    long at = refcounts.nextFree(from);
    while (taken.contains(at)) {
      at = refcounts.nextFree(at + 1);
    }
    long end = (at + 1) << clusterBits;
    if (known.contains(at)) {
      throw Refusals.refcountsDamaged(
          path, "byte " + (at << clusterBits) + " is in use and has refcount 0");
    }
    if (end - 1 > BitmapFormat.TABLE_OFFSET || (file.isFixed() && end > file.length())) {
      throw Refusals.noRoom(path);
    }
    return at;
  }
}
