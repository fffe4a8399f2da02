package org.qmpbs.qcow2.bitmap;

import java.io.IOException;

/** What must hold for the clusters of one window of an image, when all claims are counted. */
final class ClusterRules {
  private final Census census;
  private final RefcountIndex refcounts;
  private final ClusterRuns runs;
  private final GuestDamage damage;

  ClusterRules(Census census, RefcountIndex refcounts, ClusterRuns runs, GuestDamage damage) {
    this.census = census;
    this.refcounts = refcounts;
    this.runs = runs;
    this.damage = damage;
  }

  /** Looks at the clusters that bitmaps claim. */
  void checkClaims(BitmapClaims claims, int clusterBits) throws IOException {
    claims.forEach(
        (bitmap, pointer, offset, bytes) -> {
          long last = (offset + bytes - 1) >>> clusterBits;
          long first = Math.max(offset >>> clusterBits, census.first());
          for (long cluster = first; cluster <= last && census.has(cluster); cluster++) {
            checkClaim(bitmap, pointer, cluster);
          }
        });
  }

  private void checkClaim(int bitmap, long pointer, long cluster) throws IOException {
    long others = census.references(cluster);
    if (census.claimed(cluster, Census.GUEST)) {
      runs.add(Rule.SHARED_WITH_GUEST, bitmap, cluster, pointer, 0, others);
    }
    if (census.claimed(cluster, Census.METADATA)) {
      runs.add(Rule.SHARED_WITH_METADATA, bitmap, cluster, pointer, 0, others);
    }
    boolean several = census.claimed(cluster, Census.BITMAPS);
    if (several) {
      runs.add(Rule.SHARED_WITH_BITMAP, bitmap, cluster, pointer, 0, 1);
    }
    long expected = others + (several ? 2 : 1);
    long refcount = refcounts.get(cluster);
    long at = refcounts.offsetOfEntry(cluster);
    if (refcount < expected) {
      runs.add(Rule.REFCOUNT_LOW, bitmap, cluster, at, expected, refcount);
    } else if (refcount > expected && !several) {
      runs.add(Rule.REFCOUNT_HIGH, bitmap, cluster, at, expected, refcount);
    }
  }

  /** Looks at all other clusters. */
  void checkOthers(int clusterBits) throws IOException {
    refcounts.forEach(
        census.first(),
        census.size(),
        (cluster, refcount) -> {
          long references = census.references(cluster);
          overlap(cluster, references, clusterBits);
          if (refcount == references || census.claimed(cluster, Census.BITMAP)) {
            return;
          }
          Rule rule =
              references == 0
                  ? Rule.LEAKED
                  : refcount < references ? Rule.GUEST_REFCOUNT_LOW : Rule.GUEST_REFCOUNT_HIGH;
          runs.add(
              rule,
              BitmapClaims.DIRECTORY,
              cluster,
              refcounts.offsetOfEntry(cluster),
              references,
              refcount);
        });
  }

  private void overlap(long cluster, long references, int clusterBits) {
    boolean structure = census.claimed(cluster, Census.METADATA);
    if (structure
        && (census.claimed(cluster, Census.GUEST)
            || (references > 1 && census.claimed(cluster, Census.EXCLUSIVE)))) {
      damage.add(
          cluster << clusterBits,
          "one structure in a cluster that leads to guest data",
          references + " references");
    }
  }
}
