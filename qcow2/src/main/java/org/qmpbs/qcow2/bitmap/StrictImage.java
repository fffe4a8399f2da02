package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qmpbs.qcow2.Qcow2Header;
import org.qmpbs.qcow2.bitmap.BitmapRefusedException.Reason;

/**
 * The bitmaps of an image as QEMU takes them: all, none because they are stale, or a refusal.
 *
 * <p>In one point it is stricter than QEMU, which reads a table or bits behind the end of the file
 * as zeros: that would be a bitmap which has lost changes, so it is refused as damage.
 *
 * @param path of the image, for messages
 * @param entries of the directory, none if they are stale; what is wrong with one in use but not
 *     with the directory is left to {@code check}
 */
record StrictImage(Path path, ImageFile file, BitmapScan scan, List<DirectoryEntry> entries) {
  /**
   * Reads the header and the directory.
   *
   * @throws BitmapRefusedException if QEMU would not open the image
   */
  static StrictImage of(Path path, ImageFile file) throws IOException {
    BitmapScan scan = BitmapScan.of(file);
    StrictImage image =
        new StrictImage(
            path, file, scan, scan.bitmaps().stream().map(ScannedBitmap::entry).toList());
    if (!scan.isCurrent()) {
      // QEMU looks at nothing but the list itself then.
      image.refuse(scan.area().findings());
      return new StrictImage(path, file, scan, List.of());
    }
    image.refuse(scan.allFindings());
    return image;
  }

  Qcow2Header header() {
    return scan.header();
  }

  Optional<DirectoryEntry> find(BitmapName name) {
    return entries.stream().filter(entry -> entry.name().equals(name)).findFirst();
  }

  /** The table of a bitmap that is not in use, all of it sound. */
  long[] table(DirectoryEntry entry) throws IOException {
    refuse(BitmapTable.check(file, entry, header().clusterSize()));
    return BitmapTable.read(file, entry);
  }

  /**
   * The table entries by which a bitmap claims clusters. None if it is in use and its table is
   * broken: like QEMU, then nothing is known about them.
   */
  long[] claims(DirectoryEntry entry) throws IOException {
    if (entry.inUse() && !isTableSound(entry)) {
      return new long[0];
    }
    return table(entry);
  }

  boolean isTableSound(DirectoryEntry entry) throws IOException {
    boolean readable = entry.tableOffset() > 0 && entry.tableOffset() <= BitmapFormat.TABLE_OFFSET;
    return readable && BitmapTable.check(file, entry, header().clusterSize()).isEmpty();
  }

  DirtyBits bits(DirectoryEntry entry) throws IOException {
    return new DirtyBits(file, header(), entry.granularityBits(), table(entry));
  }

  private StoredBitmap stored(DirectoryEntry entry) throws IOException {
    return new StoredBitmap(
        entry.name(),
        1L << entry.granularityBits(),
        entry.auto(),
        entry.inUse(),
        entry.inUse() ? 0 : bits(entry).dirtyBytes());
  }

  List<StoredBitmap> list() throws IOException {
    List<StoredBitmap> bitmaps = new ArrayList<>();
    for (DirectoryEntry entry : entries) {
      bitmaps.add(stored(entry));
    }
    return bitmaps;
  }

  List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (scan.extension().isPresent() && !scan.isCurrent()) {
      warnings.add(
          (header().version() < 3
                  ? path + " is a version 2 image, where bitmaps mean nothing"
                  : "A program that does not know bitmaps wrote to " + path)
              + ": all its bitmaps are out of date, and QEMU drops them when it next writes."
              + " Their clusters stay taken; qmpbs bitmap repair gives them free.");
    }
    return warnings;
  }

  private void refuse(List<Finding> findings) throws BitmapRefusedException {
    Optional<Finding> worst =
        findings.stream().filter(StrictImage::preventsUse).min(StrictImage::bySeverity);
    if (worst.isPresent()) {
      throw new BitmapRefusedException(
          Reason.DAMAGED,
          path + " is damaged at " + worst.get() + "; " + worst.get().rule().meaning() + ".",
          "See what is wrong with: qmpbs bitmap check "
              + ShellWord.of(path)
              + ". Then: qmpbs bitmap repair "
              + ShellWord.of(path));
    }
  }

  private static boolean preventsUse(Finding finding) {
    return finding.severity() == Severity.UNOPENABLE
        || finding.rule() == Rule.TABLE_BEYOND_END
        || finding.rule() == Rule.DATA_BEYOND_END;
  }

  private static int bySeverity(Finding a, Finding b) {
    return a.severity().compareTo(b.severity());
  }
}
