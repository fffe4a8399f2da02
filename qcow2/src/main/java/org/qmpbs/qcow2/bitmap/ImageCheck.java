package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.qmpbs.qcow2.Qcow2Header;

/**
 * Everything that can be found out about the bitmaps of an image: what the scan says, their tables,
 * and for each cluster who claims it and what its refcount is.
 *
 * <p>That is the work of {@code qemu-img check}, which cannot be had where it is needed: it refuses
 * an image whose bitmaps are damaged.
 */
final class ImageCheck {
  /** What cannot be said if a part of what leads to guest data could not be followed. */
  private static final Set<Rule> UNSURE =
      EnumSet.of(Rule.LEAKED, Rule.REFCOUNT_HIGH, Rule.GUEST_REFCOUNT_HIGH);

  private final ImageFile file;
  private final BitmapScan scan;
  private final GuestDamage damage = new GuestDamage();
  private final RefcountIndex refcounts;
  private final GuestWalk walk;
  private final BitmapClaims claims;
  private final Windows windows;
  private final ClusterRuns runs;
  private final Map<Integer, List<Finding>> tables = new HashMap<>();

  private ImageCheck(ImageFile file) throws IOException {
    this.file = file;
    this.scan = BitmapScan.of(file);
    Qcow2Header header = scan.header();
    this.refcounts = new RefcountIndex(file, header, damage);
    this.walk = new GuestWalk(file, scan, refcounts, damage);
    this.claims = new BitmapClaims(file, scan);
    this.windows = Windows.of(refcounts, claims, header.clusterBits());
    this.runs = new ClusterRuns(scan);
  }

  /** Checks an image. */
  static ImageCheck of(ImageFile file) throws IOException {
    ImageCheck check = new ImageCheck(file);
    check.checkTables();
    check.checkClusters();
    return check;
  }

  BitmapScan scan() {
    return scan;
  }

  RefcountIndex refcounts() {
    return refcounts;
  }

  GuestWalk walk() {
    return walk;
  }

  BitmapClaims claims() {
    return claims;
  }

  Windows windows() {
    return windows;
  }

  /** Whether all that leads to guest data was followed. */
  boolean guestWalked() {
    return !damage.any();
  }

  private void checkTables() throws IOException {
    long read = 0;
    for (int i = 0; scan.isCurrent() && i < scan.bitmaps().size(); i++) {
      ScannedBitmap bitmap = scan.bitmaps().get(i);
      if (!bitmap.tableCanBeRead()) {
        continue;
      }
      // Tables that together are longer than the image overlap, which is found by their clusters.
      read += Math.min(bitmap.entry().tableSize() * Long.BYTES, file.length());
      if (read <= file.length()) {
        tables.put(i, BitmapTable.check(file, bitmap.entry(), scan.header().clusterSize()));
      }
    }
  }

  private void checkClusters() throws IOException {
    if (!windows.all()) {
      damage.add(48, "refcounts for at most 2^34 clusters", "more");
      return;
    }
    Census census = new Census(scan.header().clusterBits(), windows.size());
    for (long start : windows.starts()) {
      census.moveTo(start);
      walk.count(census);
      claims.forEach(
          (bitmap, pointer, offset, bytes) -> census.claimForBitmap(offset, bytes, false));
      ClusterRules rules = new ClusterRules(census, refcounts, runs, damage);
      rules.checkClaims(claims, scan.header().clusterBits());
      rules.checkOthers(scan.header().clusterBits());
    }
  }

  /** The worst first, then by offset. */
  List<Finding> findings() {
    List<Finding> all = new ArrayList<>(scan.allFindings());
    tables.values().forEach(all::addAll);
    all.addAll(runs.findings());
    all.addAll(damage.findings());
    if (damage.any()) {
      all.removeIf(finding -> UNSURE.contains(finding.rule()));
    }
    all.sort(Comparator.comparing(Finding::severity).thenComparing(Finding::offset));
    return all;
  }

  /**
   * Whether the table of a bitmap was looked at; not if other tables took all the work there is.
   */
  boolean tableWasRead(int bitmap) {
    return tables.containsKey(bitmap);
  }

  /** What is broken about one bitmap. */
  Set<Rule> brokenBy(int bitmap) {
    Set<Rule> broken = EnumSet.noneOf(Rule.class);
    scan.bitmaps().get(bitmap).findings().forEach(finding -> broken.add(finding.rule()));
    tables.getOrDefault(bitmap, List.of()).forEach(finding -> broken.add(finding.rule()));
    broken.addAll(brokenByClusters(bitmap));
    return broken;
  }

  /** What is broken about the clusters of a bitmap, or of the directory. */
  Set<Rule> brokenByClusters(int bitmap) {
    return runs.brokenBy(bitmap);
  }

  CheckReport report() {
    List<CheckReport.CheckedBitmap> bitmaps = new ArrayList<>();
    for (int i = 0; i < scan.bitmaps().size(); i++) {
      DirectoryEntry entry = scan.bitmaps().get(i).entry();
      int bits = entry.granularityBits();
      boolean bounded =
          bits >= BitmapFormat.MIN_GRANULARITY_BITS && bits <= BitmapFormat.MAX_GRANULARITY_BITS;
      boolean whole =
          scan.isCurrent()
              && brokenBy(i).stream().allMatch(rule -> rule.severity() == Severity.NOTE);
      bitmaps.add(
          new CheckReport.CheckedBitmap(
              entry.name(), bounded ? 1L << bits : 0, entry.auto(), whole));
    }
    return new CheckReport(bitmaps, findings(), guestWalked());
  }
}
