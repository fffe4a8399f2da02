package org.qmpbs.qcow2.bitmap;

import java.util.List;
import java.util.Optional;

/**
 * What a check found.
 *
 * @param bitmaps as far as the directory can be read, in its order
 * @param findings the worst first, then by offset
 * @param guestWalked whether all structures that lead to guest data could be followed; if not, what
 *     is shared or leaked is not known
 */
public record CheckReport(
    List<CheckedBitmap> bitmaps, List<Finding> findings, boolean guestWalked) {
  /** Takes immutable copies. */
  public CheckReport {
    bitmaps = List.copyOf(bitmaps);
    findings = List.copyOf(findings);
  }

  /**
   * One bitmap.
   *
   * @param name as stored
   * @param granularity in bytes; 0 if what is stored is out of bounds
   * @param records whether QEMU records into it
   * @param whole whether nothing but {@link Severity#NOTE} is known against it
   */
  public record CheckedBitmap(BitmapName name, long granularity, boolean records, boolean whole) {}

  /** The worst finding's severity. */
  public Optional<Severity> worst() {
    return findings.stream().map(Finding::severity).min(Severity::compareTo);
  }
}
