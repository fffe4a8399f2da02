package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qmpbs.qcow2.CorruptImageException;

/**
 * Where the clusters of a bitmap stand. An entry holds the offset of a cluster of bits, or none:
 * then all the bits are zero, or one if bit 0 is set. Bit n of the bitmap is bit n % 8 of byte n /
 * 8 (docs/interop/qcow2.txt, "Bitmap table").
 */
final class BitmapTable {
  /** A table full of damage is told by its first entries. */
  private static final int MOST_FINDINGS = 16;

  private BitmapTable() {}

  /**
   * Reads the entries of a table whose size is within the limits.
   *
   * @throws CorruptImageException if it leaves the file; no memory is taken for it then
   */
  static long[] read(ImageFile file, DirectoryEntry entry) throws IOException {
    long end = end(entry);
    if (end > file.length()) {
      throw new CorruptImageException(
          entry.tableOffset(), "expected a bitmap table within the image, found its end at " + end);
    }
    long[] entries = new long[(int) entry.tableSize()];
    ByteBuffer.wrap(file.read(entry.tableOffset(), entries.length * Long.BYTES))
        .asLongBuffer()
        .get(entries);
    return entries;
  }

  private static long end(DirectoryEntry entry) {
    return entry.tableOffset() + entry.tableSize() * Long.BYTES;
  }

  /** Offset of the cluster that an entry points to; 0 if it points to none. */
  static long offset(long entry) {
    return entry & BitmapFormat.TABLE_OFFSET;
  }

  /** Whether QEMU takes the entry. */
  static boolean isValid(long entry, int clusterSize) {
    long offset = offset(entry);
    return (entry & BitmapFormat.TABLE_RESERVED) == 0
        && (offset == 0
            || ((entry & BitmapFormat.TABLE_ALL_ONES) == 0 && (offset & clusterSize - 1) == 0));
  }

  /** The findings about a table whose size is within the limits. */
  static List<Finding> check(ImageFile file, DirectoryEntry bitmap, int clusterSize)
      throws IOException {
    List<Finding> findings = new ArrayList<>();
    Optional<BitmapName> name = Optional.of(bitmap.name());
    long length = file.length();
    long end = end(bitmap);
    if (end > length) {
      findings.add(
          new Finding(
              Rule.TABLE_BEYOND_END,
              bitmap.tableOffset(),
              "a table that ends within the image, at byte " + length + " or before",
              "its end at byte " + end,
              name));
    }
    // To QEMU what is behind the end is zeros, which are good entries.
    long inside = Math.min(end, length) - bitmap.tableOffset();
    int entries = (int) Math.max(0, (inside + Long.BYTES - 1) / Long.BYTES);
    ByteBuffer table = ByteBuffer.wrap(file.read(bitmap.tableOffset(), entries * Long.BYTES));
    while (table.hasRemaining() && findings.size() < MOST_FINDINGS) {
      long at = bitmap.tableOffset() + table.position();
      long entry = table.getLong();
      if (!isValid(entry, clusterSize)) {
        findings.add(
            new Finding(
                Rule.TABLE_ENTRY,
                at,
                "a table entry without reserved bits that points to the start of a cluster",
                String.format("%016x", entry),
                name));
      } else if (offset(entry) >= length) {
        findings.add(
            new Finding(
                Rule.DATA_BEYOND_END,
                at,
                "a cluster of bits before byte " + length,
                "one at byte " + offset(entry),
                name));
      }
    }
    // QEMU does not read the table of a bitmap in use.
    return bitmap.inUse()
        ? findings.stream().map(each -> each.atMost(Severity.USELESS)).toList()
        : findings;
  }
}
