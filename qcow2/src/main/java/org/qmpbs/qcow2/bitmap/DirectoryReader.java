package org.qmpbs.qcow2.bitmap;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qmpbs.qcow2.Qcow2Header;

/**
 * The entries of a bitmap directory, up to the first that leaves it, and what can be said only by
 * looking at several of them.
 */
final class DirectoryReader {
  private final DirectoryRules rules;
  private final byte[] directory;
  private final long offset;
  private final Set<BitmapName> names = new HashSet<>();
  private final List<ScannedBitmap> bitmaps = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();

  /**
   * For a directory.
   *
   * @param offset of it in the image
   */
  DirectoryReader(Qcow2Header header, byte[] directory, long offset) {
    this.rules = new DirectoryRules(header);
    this.directory = directory;
    this.offset = offset;
  }

  List<ScannedBitmap> bitmaps() {
    return bitmaps;
  }

  /** About the directory as a whole. */
  List<Finding> findings() {
    return findings;
  }

  void read() {
    int at = 0;
    while (at < directory.length && bitmaps.size() < BitmapFormat.MAX_BITMAPS) {
      int left = directory.length - at;
      long size = left < BitmapFormat.ENTRY_FIXED ? 24 : DirectoryEntry.sizeAt(directory, at);
      if (size > left) {
        findings.add(
            new Finding(
                Rule.DIRECTORY_ENTRIES,
                offset + at,
                "an entry of at most the " + left + " bytes that are left of the directory",
                size + " bytes or more",
                Optional.empty()));
        break;
      }
      if (isZero(at)) {
        findings.add(
            new Finding(
                Rule.DIRECTORY_ENTRIES,
                offset + at,
                "an entry, for " + left + " bytes are left of the directory",
                "zeros",
                Optional.empty()));
        break;
      }
      bitmaps.add(entry(at));
      at += (int) size;
    }
    namesWithZeroBytes();
  }

  /** Never written, or behind the end of the image. What follows is no better. */
  private boolean isZero(int at) {
    for (int i = at; i < at + BitmapFormat.ENTRY_FIXED; i++) {
      if (directory[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private ScannedBitmap entry(int at) {
    DirectoryEntry entry = DirectoryEntry.decode(directory, at);
    List<Finding> found = new ArrayList<>(rules.check(entry, offset + at));
    if (!names.add(entry.name().toZeroByte())) {
      found.add(twice(entry, at));
    }
    padding(entry, at).ifPresent(found::add);
    return new ScannedBitmap(offset + at, entry, found);
  }

  private Finding twice(DirectoryEntry entry, int at) {
    Finding finding =
        new Finding(
            Rule.NAME_TWICE,
            nameAt(entry, at),
            "a name that no other bitmap has",
            entry.name().toString(),
            Optional.of(entry.name()));
    // QEMU passes over a bitmap in use if it has one of its name already.
    return entry.inUse() ? finding.atMost(Severity.USELESS) : finding;
  }

  private Optional<Finding> padding(DirectoryEntry entry, int at) {
    int from = (int) (BitmapFormat.ENTRY_FIXED + entry.extraDataSize() + entry.name().length());
    for (int i = from; i < entry.size(); i++) {
      if (directory[at + i] != 0) {
        return Optional.of(
            new Finding(
                Rule.PADDING,
                offset + at + i,
                "zeros up to the next entry",
                Integer.toString(Byte.toUnsignedInt(directory[at + i])),
                Optional.of(entry.name())));
      }
    }
    return Optional.empty();
  }

  /**
   * To write its marks when it opens an image, QEMU makes the directory anew from names that end at
   * a zero byte, and fails if it has another size then. If all are marked it writes none.
   */
  private void namesWithZeroBytes() {
    boolean written = bitmaps.stream().anyMatch(bitmap -> !bitmap.entry().inUse());
    for (int i = 0; i < bitmaps.size(); i++) {
      ScannedBitmap bitmap = bitmaps.get(i);
      DirectoryEntry entry = bitmap.entry();
      int length = entry.name().toZeroByte().length();
      if (length < entry.name().length()) {
        boolean shorter =
            DirectoryEntry.size(length, 0) < DirectoryEntry.size(entry.name().length(), 0);
        Finding finding =
            new Finding(
                Rule.NAME_NUL,
                bitmap.entryOffset() + BitmapFormat.ENTRY_FIXED + entry.extraDataSize() + length,
                "a name without a zero byte",
                entry.name().toString(),
                Optional.of(entry.name()));
        bitmaps.set(
            i, bitmap.with(written && shorter ? finding : finding.atMost(Severity.USELESS)));
      }
    }
  }

  private long nameAt(DirectoryEntry entry, int at) {
    return offset + at + BitmapFormat.ENTRY_FIXED + entry.extraDataSize();
  }
}
