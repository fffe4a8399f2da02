package org.qmpbs.qcow2.bitmap;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes findings of clusters: one for each run of clusters next to each other with which the same
 * is wrong, and no more than a few for each rule and bitmap.
 */
final class ClusterRuns {
  private static final int MOST = 16;

  private final BitmapScan scan;
  private final Map<Key, Runs> runs = new HashMap<>();

  ClusterRuns(BitmapScan scan) {
    this.scan = scan;
  }

  private record Key(Rule rule, int bitmap) {}

  private static final class Runs {
    private final List<long[]> told = new ArrayList<>();
    private long more;
  }

  /**
   * Notes a cluster.
   *
   * @param bitmap number in the directory, or {@link BitmapClaims#DIRECTORY} if it is not a bitmap
   * @param at where the rule is broken
   * @param expected refcount, or references of others
   * @param found the same
   */
  void add(Rule rule, int bitmap, long cluster, long at, long expected, long found) {
    Runs all = runs.computeIfAbsent(new Key(rule, bitmap), key -> new Runs());
    if (!all.told.isEmpty()) {
      long[] last = all.told.get(all.told.size() - 1);
      if (last[0] + last[1] == cluster
          && last[3] == expected
          && last[4] == found
          && all.more == 0) {
        last[1]++;
        return;
      }
    }
    if (all.told.size() < MOST) {
      all.told.add(new long[] {cluster, 1, at, expected, found});
    } else {
      all.more++;
    }
  }

  /** Which rules are broken by the clusters of a bitmap, or of the directory. */
  Set<Rule> brokenBy(int bitmap) {
    Set<Rule> broken = EnumSet.noneOf(Rule.class);
    for (Rule rule : Rule.values()) {
      if (!rule.isGuests() && rule != Rule.LEAKED && runs.containsKey(new Key(rule, bitmap))) {
        broken.add(rule);
      }
    }
    return broken;
  }

  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    runs.forEach(
        (key, all) -> {
          for (long[] run : all.told) {
            findings.add(finding(key, run));
          }
          if (all.more > 0) {
            long[] last = all.told.get(MOST - 1);
            findings.add(
                new Finding(
                    key.rule,
                    last[2],
                    "the same elsewhere",
                    all.more + " more clusters",
                    name(key)));
          }
        });
    return findings;
  }

  private Finding finding(Key key, long[] run) {
    int bits = scan.header().clusterBits();
    String where =
        run[1] == 1
            ? "the cluster at byte " + (run[0] << bits)
            : "the " + run[1] + " clusters from byte " + (run[0] << bits) + " on";
    boolean shared =
        key.rule == Rule.SHARED_WITH_GUEST
            || key.rule == Rule.SHARED_WITH_METADATA
            || key.rule == Rule.SHARED_WITH_BITMAP;
    return new Finding(
        key.rule,
        run[2],
        shared ? "no other user of " + where : "refcount " + run[3] + " for " + where,
        shared ? sharer(key.rule) : Long.toString(run[4]),
        name(key));
  }

  private static String sharer(Rule rule) {
    return switch (rule) {
      case SHARED_WITH_GUEST -> "guest data";
      case SHARED_WITH_METADATA -> "a structure that leads to guest data";
      default -> "another bitmap structure";
    };
  }

  private Optional<BitmapName> name(Key key) {
    return key.bitmap == BitmapClaims.DIRECTORY
        ? Optional.empty()
        : Optional.of(scan.bitmaps().get(key.bitmap).entry().name());
  }
}
