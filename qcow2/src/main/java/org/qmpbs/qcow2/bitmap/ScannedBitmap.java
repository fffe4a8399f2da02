package org.qmpbs.qcow2.bitmap;

import java.util.List;
import java.util.stream.Stream;

/**
 * A bitmap as the directory has it.
 *
 * @param entryOffset of its directory entry in the image
 * @param entry as stored
 * @param findings about the entry itself; about its table there may be more
 */
record ScannedBitmap(long entryOffset, DirectoryEntry entry, List<Finding> findings) {
  ScannedBitmap {
    findings = List.copyOf(findings);
  }

  /** With one finding more. */
  ScannedBitmap with(Finding finding) {
    return new ScannedBitmap(
        entryOffset, entry, Stream.concat(findings.stream(), Stream.of(finding)).toList());
  }

  /** For QEMU does not look at it. */
  ScannedBitmap harmless() {
    return new ScannedBitmap(
        entryOffset,
        entry,
        findings.stream().map(finding -> finding.atMost(Severity.USELESS)).toList());
  }

  /** Whether the entry says where a table is that can be read: it is bounded and aligned. */
  boolean tableCanBeRead() {
    return findings.stream()
        .noneMatch(
            finding -> finding.rule() == Rule.TABLE_OFFSET || finding.rule() == Rule.TABLE_SIZE);
  }
}
