package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qmpbs.qcow2.CorruptImageException;
import org.qmpbs.qcow2.Qcow2Header;

/**
 * Everything that an image says about its bitmaps, read once, damaged or not: nothing that is wrong
 * with a bitmap structure ends the scan, it becomes a {@link Finding}. Maintenance requires that
 * there is none which QEMU would refuse; check shows them; repair mends them. Which clusters the
 * guest claims is not looked at here.
 *
 * @param header fields only; its list of extensions is empty
 * @param head the first cluster as read; absolute gets only
 * @param area the list of header extensions
 * @param extension that points to the directory, as QEMU takes it
 * @param bitmaps as far as the directory can be followed
 * @param findings about the extension and the directory as a whole
 */
record BitmapScan(
    Qcow2Header header,
    ByteBuffer head,
    ExtensionArea area,
    Optional<BitmapsExtension> extension,
    List<ScannedBitmap> bitmaps,
    List<Finding> findings) {
  /**
   * Reads the header, the bitmaps extension and the directory.
   *
   * @throws CorruptImageException if the header's own fields are damaged
   * @throws org.qmpbs.qcow2.UnsupportedImageException if it is no qcow2 image of a known kind
   */
  static BitmapScan of(ImageFile file) throws IOException {
    // The least cluster has 512 bytes; what the file does not have must not look like zeros.
    byte[] start = file.read(0, (int) Math.min(512, file.length()));
    int clusterSize = Qcow2Header.firstClusterSize(start);
    byte[] head = file.read(0, (int) Math.min(clusterSize, file.length()));
    Qcow2Header header = Qcow2Header.parseFields(head);
    ExtensionArea area = ExtensionArea.of(header, head);
    return new Reader(file, header, area, head).scan();
  }

  /** Whether QEMU takes the bitmaps for up to date. */
  boolean isCurrent() {
    return header.version() >= 3 && header.bitmapsAreCurrent();
  }

  /** All findings so far: about the whole, then about each entry. */
  List<Finding> allFindings() {
    List<Finding> all = new ArrayList<>(findings);
    bitmaps.forEach(bitmap -> all.addAll(bitmap.findings()));
    return all;
  }

  /** Reads, step by step. */
  private static final class Reader {
    private final ImageFile file;
    private final Qcow2Header header;
    private final ExtensionArea area;
    private final byte[] head;
    private final List<Finding> findings;
    private final List<ScannedBitmap> bitmaps = new ArrayList<>();

    Reader(ImageFile file, Qcow2Header header, ExtensionArea area, byte[] head) {
      this.file = file;
      this.header = header;
      this.area = area;
      this.head = head;
      this.findings = new ArrayList<>(area.findings());
    }

    BitmapScan scan() throws IOException {
      Optional<BitmapsExtension> extension =
          area.bitmaps().map(slot -> BitmapsExtension.decode(head, slot.dataAt()));
      if (extension.isPresent()) {
        int at = area.bitmaps().get().dataAt();
        checkState(at);
        if (checkExtension(extension.get(), at)) {
          readDirectory(extension.get(), at);
        }
      }
      return new BitmapScan(
          header,
          ByteBuffer.wrap(head).asReadOnlyBuffer(),
          area,
          extension,
          List.copyOf(bitmaps),
          List.copyOf(findings));
    }

    private void checkState(int at) {
      if (header.version() < 3) {
        add(Rule.EXTENSION_VERSION, at - 8, "bitmaps in a version 3 image only", "version 2");
      } else if (!header.bitmapsAreCurrent()) {
        add(Rule.STALE, 95, "the autoclear bit 0", "it is not set");
      }
    }

    /** Whether the directory can be read. */
    private boolean checkExtension(BitmapsExtension extension, int at) throws IOException {
      int before = findings.size();
      unless(
          extension.count() > 0 && extension.count() <= BitmapFormat.MAX_BITMAPS,
          Rule.COUNT,
          at,
          "1 to 65535 bitmaps",
          extension.count());
      boolean known = extension.reserved() == 0;
      long size = extension.directorySize();
      unless(
          size > 0 && size <= BitmapFormat.MAX_DIRECTORY_BYTES,
          Rule.DIRECTORY_SIZE,
          at + 8,
          "a directory of 1 to " + BitmapFormat.MAX_DIRECTORY_BYTES + " bytes",
          size);
      long offset = extension.directoryOffset();
      unless(
          offset > 0
              && offset <= BitmapFormat.TABLE_OFFSET
              && (offset & header.clusterSize() - 1) == 0,
          Rule.DIRECTORY_OFFSET,
          at + 16,
          "a directory at the start of a cluster after the first",
          offset);
      boolean readable = findings.size() == before;
      unless(
          known,
          Rule.EXTENSION_RESERVED,
          at + 4,
          "0 in the reserved field",
          Integer.toUnsignedLong(extension.reserved()));
      if (readable && offset + size > file.length()) {
        add(
            Rule.DIRECTORY_BEYOND_END,
            at + 16,
            "a directory that ends within the image, at byte " + file.length() + " or before",
            "its end at byte " + (offset + size));
        return false;
      }
      return readable;
    }

    private void readDirectory(BitmapsExtension extension, int extensionAt) throws IOException {
      byte[] directory = file.read(extension.directoryOffset(), (int) extension.directorySize());
      Set<BitmapName> names = new HashSet<>();
      DirectoryRules rules = new DirectoryRules(header);
      int at = 0;
      while (at < directory.length && bitmaps.size() < extension.count()) {
        long entryAt = extension.directoryOffset() + at;
        int left = directory.length - at;
        long size = left < BitmapFormat.ENTRY_FIXED ? 24 : DirectoryEntry.sizeAt(directory, at);
        if (size > left) {
          add(
              Rule.DIRECTORY_ENTRIES,
              entryAt,
              "an entry of at most the " + left + " bytes that are left of the directory",
              size + " bytes or more");
          return;
        }
        DirectoryEntry entry = DirectoryEntry.decode(directory, at);
        List<Finding> found = new ArrayList<>(rules.check(entry, entryAt));
        if (!names.add(entry.name())) {
          found.add(twice(entry, entryAt));
        }
        padding(directory, at, entry, entryAt).ifPresent(found::add);
        bitmaps.add(new ScannedBitmap(entryAt, entry, found));
        at += (int) size;
      }
      unless(
          bitmaps.size() == extension.count(),
          Rule.DIRECTORY_COUNT,
          extensionAt,
          bitmaps.size() + " bitmaps, which the directory has",
          extension.count());
      unless(
          at == directory.length,
          Rule.DIRECTORY_COUNT,
          extensionAt + 8,
          "a directory of " + at + " bytes, which its " + bitmaps.size() + " entries have",
          directory.length);
    }

    private static Finding twice(DirectoryEntry entry, long at) {
      return new Finding(
          Rule.NAME_TWICE,
          at + BitmapFormat.ENTRY_FIXED,
          "a name that no other bitmap has",
          entry.name().toString(),
          Optional.of(entry.name()));
    }

    private static Optional<Finding> padding(
        byte[] directory, int at, DirectoryEntry entry, long entryAt) {
      int from = (int) (BitmapFormat.ENTRY_FIXED + entry.extraDataSize() + entry.name().length());
      for (int i = from; i < entry.size(); i++) {
        if (directory[at + i] != 0) {
          return Optional.of(
              new Finding(
                  Rule.PADDING,
                  entryAt + i,
                  "zeros up to the next entry",
                  Integer.toString(Byte.toUnsignedInt(directory[at + i])),
                  Optional.of(entry.name())));
        }
      }
      return Optional.empty();
    }

    private void unless(boolean rule, Rule broken, long offset, String expected, long found) {
      if (!rule) {
        add(broken, offset, expected, Long.toUnsignedString(found));
      }
    }

    private void add(Rule broken, long offset, String expected, String found) {
      findings.add(new Finding(broken, offset, expected, found, Optional.empty()));
    }
  }
}
