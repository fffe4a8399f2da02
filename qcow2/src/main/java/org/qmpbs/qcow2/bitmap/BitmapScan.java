package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qmpbs.qcow2.CorruptImageException;
import org.qmpbs.qcow2.IncompatibleFeature;
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
  private static final int INCOMPATIBLE_AT = 72;

  /** More than an entry of known kind can have; 64 KiB of name, and some. */
  private static final int ZEROS = 1 << 17;

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

  /** Whether there is a directory that can be read, or the zeros that stand for it. */
  boolean directoryCanBeRead() {
    return extension.isPresent() && canBeRead(extension.get(), header);
  }

  private static boolean canBeRead(BitmapsExtension extension, Qcow2Header header) {
    return sizeIsSound(extension) && offsetIsSound(extension, header);
  }

  private static boolean sizeIsSound(BitmapsExtension extension) {
    long size = extension.directorySize();
    return size > 0 && size <= BitmapFormat.MAX_DIRECTORY_BYTES;
  }

  private static boolean offsetIsSound(BitmapsExtension extension, Qcow2Header header) {
    long offset = extension.directoryOffset();
    return offset > 0
        && offset <= BitmapFormat.TABLE_OFFSET
        && (offset & header.clusterSize() - 1) == 0;
  }

  /** QEMU does not look at bitmaps that are not current, but always at the list of extensions. */
  private BitmapScan harmless() {
    return new BitmapScan(
        header,
        head,
        area,
        extension,
        bitmaps.stream().map(ScannedBitmap::harmless).toList(),
        findings.stream()
            .map(each -> each.rule().isExtensionList() ? each : each.atMost(Severity.USELESS))
            .toList());
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
      checkHeader();
      Optional<ExtensionArea.Slot> last = area.bitmaps();
      for (ExtensionArea.Slot slot : area.slots()) {
        if (slot.isBitmaps()) {
          // QEMU looks at each, and takes the last one.
          checkExtension(BitmapsExtension.decode(head, slot.dataAt()), slot.dataAt());
        }
      }
      Optional<BitmapsExtension> extension =
          last.map(slot -> BitmapsExtension.decode(head, slot.dataAt()));
      if (extension.isPresent() && canBeRead(extension.get(), header)) {
        readDirectory(extension.get(), last.get().dataAt());
      }
      BitmapScan all =
          new BitmapScan(
              header,
              ByteBuffer.wrap(head).asReadOnlyBuffer(),
              area,
              extension,
              List.copyOf(bitmaps),
              List.copyOf(findings));
      return all.isCurrent() ? all : all.harmless();
    }

    private void checkHeader() {
      if (header.incompatibleFeatures().contains(IncompatibleFeature.DIRTY)) {
        add(Rule.UNCLEAN, INCOMPATIBLE_AT, "an image that was closed", "the dirty bit");
      }
      if (header.incompatibleFeatures().contains(IncompatibleFeature.CORRUPT)) {
        add(Rule.CORRUPT, INCOMPATIBLE_AT, "an image that is whole", "the corrupt bit");
      }
      Optional<ExtensionArea.Slot> slot = area.bitmaps();
      if (slot.isPresent() && header.version() < 3) {
        add(
            Rule.EXTENSION_VERSION,
            slot.get().at(),
            "bitmaps in a version 3 image only",
            "version 2");
      } else if (slot.isPresent() && !header.bitmapsAreCurrent()) {
        add(Rule.STALE, BitmapFormat.AUTOCLEAR_AT + 7, "the autoclear bit 0", "it is not set");
      }
    }

    private void checkExtension(BitmapsExtension extension, int at) {
      unless(
          extension.count() > 0 && extension.count() <= BitmapFormat.MAX_BITMAPS,
          Rule.COUNT,
          at,
          "1 to 65535 bitmaps",
          extension.count());
      unless(
          extension.reserved() == 0,
          Rule.EXTENSION_RESERVED,
          at + 4,
          "0 in the reserved field",
          Integer.toUnsignedLong(extension.reserved()));
      unless(
          sizeIsSound(extension),
          Rule.DIRECTORY_SIZE,
          at + 8,
          "a directory of 1 to " + BitmapFormat.MAX_DIRECTORY_BYTES + " bytes",
          extension.directorySize());
      unless(
          offsetIsSound(extension, header),
          Rule.DIRECTORY_OFFSET,
          at + 16,
          "a directory at the start of a cluster after the first",
          extension.directoryOffset());
    }

    /**
     * Reads the directory as QEMU does, to which what is behind the end of the image is zeros; but
     * not more of them than an entry can have, for such an entry is none.
     */
    private void readDirectory(BitmapsExtension extension, int extensionAt) throws IOException {
      long size = extension.directorySize();
      long end = extension.directoryOffset() + size;
      long written = Math.max(0, file.length() - extension.directoryOffset());
      if (size > written) {
        add(
            Rule.DIRECTORY_BEYOND_END,
            extensionAt + 16,
            "a directory that ends within the image, at byte " + file.length() + " or before",
            "its end at byte " + end);
      }
      int length = (int) Math.min(size, written + ZEROS);
      byte[] directory = file.read(extension.directoryOffset(), length);
      DirectoryReader reader = new DirectoryReader(header, directory, extension.directoryOffset());
      reader.read();
      bitmaps.addAll(reader.bitmaps());
      findings.addAll(reader.findings());
      unless(
          bitmaps.size() == extension.count(),
          Rule.DIRECTORY_COUNT,
          extensionAt,
          bitmaps.size() + " bitmaps, which the directory has",
          extension.count());
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
