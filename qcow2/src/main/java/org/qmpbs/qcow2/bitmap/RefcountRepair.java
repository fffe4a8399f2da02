package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the refcounts become: of what bitmaps claimed, what the guest and the bitmaps that stay
 * refer to; of what nothing refers to, 0. All others are the guest's and stay as they are.
 *
 * <p>Refcounts that rise do so before anything else is written, those that fall do when nothing
 * leads to the clusters any more: at no moment does something stand where QEMU finds room.
 */
final class RefcountRepair {
  /**
   * Clusters next to each other.
   *
   * @param refcount that they get
   */
  private record Run(long first, long count, long refcount) {
    long end() {
      return first + count;
    }
  }

  private final RefcountIndex refcounts;
  private final List<Run> rising = new ArrayList<>();
  private final List<Run> falling = new ArrayList<>();
  private final List<Finding> remaining = new ArrayList<>();
  private long freed;

  private RefcountRepair(RefcountIndex refcounts) {
    this.refcounts = refcounts;
  }

  /**
   * Counts again, with the bitmaps that stay.
   *
   * @param directoryBytes of the new directory; 0 if there will be none
   */
  static RefcountRepair of(ImageCheck check, List<Integer> kept, long directoryBytes)
      throws IOException {
    RefcountRepair repair = new RefcountRepair(check.refcounts());
    int clusterBits = check.scan().header().clusterBits();
    Set<Integer> staying = new HashSet<>(kept);
    Census census = new Census(clusterBits, check.windows().size());
    for (long start : check.windows().starts()) {
      census.moveTo(start);
      check.walk().count(census);
      check
          .claims()
          .forEach(
              (bitmap, pointer, offset, bytes) -> {
                census.claimForBitmap(offset, bytes, staying.contains(bitmap));
                if (bitmap == BitmapClaims.DIRECTORY) {
                  census.claimForBitmap(offset, directoryBytes, true);
                }
              });
      repair.refcounts.forEach(
          start, census.size(), (cluster, refcount) -> repair.count(census, cluster, refcount));
    }
    return repair;
  }

  private void count(Census census, long cluster, long refcount) {
    long guests = census.references(cluster);
    long wanted = guests + (census.claimed(cluster, Census.KEPT) ? 1 : 0);
    boolean ours = wanted == 0 || census.claimed(cluster, Census.BITMAP);
    if (refcount == wanted || !ours) {
      return;
    }
    long at = refcounts.offsetOfEntry(cluster);
    if (wanted > refcounts.most() || at == 0) {
      remain(Rule.GUEST_REFCOUNT_LOW, at, Long.toString(wanted), refcount);
      return;
    }
    if (guests > 0 && census.claimed(cluster, Census.GUEST)) {
      remain(Rule.GUEST_COPIED, at, "a copied flag that fits refcount " + wanted, refcount);
    }
    add(wanted > refcount ? rising : falling, cluster, wanted);
    freed += wanted == 0 ? 1 : 0;
  }

  private void remain(Rule rule, long at, String expected, long refcount) {
    if (remaining.size() < 16) {
      remaining.add(new Finding(rule, at, expected, "refcount " + refcount, Optional.empty()));
    }
  }

  private static void add(List<Run> runs, long cluster, long refcount) {
    if (!runs.isEmpty()) {
      Run last = runs.get(runs.size() - 1);
      if (last.end() == cluster && last.refcount == refcount) {
        runs.set(runs.size() - 1, new Run(last.first, last.count + 1, refcount));
        return;
      }
    }
    runs.add(new Run(cluster, 1, refcount));
  }

  long freed() {
    return freed;
  }

  /** What it cannot mend. */
  List<Finding> remaining() {
    return remaining;
  }

  void raise(Sectors sectors) throws IOException {
    put(rising, sectors);
    sectors.endStep(
        "Raise the refcounts of "
            + total(rising)
            + " clusters that guest data stands in"
            + first(rising));
  }

  void lower(Sectors sectors) throws IOException {
    put(falling, sectors);
    sectors.endStep(
        "Lower the refcounts of "
            + total(falling)
            + " clusters, "
            + freed
            + " of which become free"
            + first(falling));
  }

  private static long total(List<Run> runs) {
    return runs.stream().mapToLong(Run::count).sum();
  }

  private String first(List<Run> runs) {
    return runs.isEmpty()
        ? ""
        : ", from byte " + refcounts.offsetOfEntry(runs.get(0).first) + " on";
  }

  private void put(List<Run> runs, Sectors sectors) throws IOException {
    int bits = refcounts.refcountBits();
    int perSector = Sectors.SIZE * Byte.SIZE / bits;
    for (Run run : runs) {
      long cluster = run.first;
      while (cluster < run.end()) {
        long at = refcounts.offsetOfEntry(cluster) & -Sectors.SIZE;
        byte[] found = sectors.sector(at);
        byte[] sector = Arrays.copyOf(found, Sectors.SIZE);
        int index = (int) (cluster % perSector);
        while (index < perSector && cluster < run.end()) {
          RefcountEntries.set(sector, index, bits, run.refcount);
          index++;
          cluster++;
        }
        // At the end of an image that ends within a sector there is less of it.
        sectors.put(at, Arrays.copyOf(sector, found.length));
      }
    }
  }
}
