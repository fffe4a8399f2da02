package org.qmpbs.qcow2.bitmap;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qmpbs.qcow2.Qcow2Header;

/**
 * What must hold for a single directory entry (docs/interop/qcow2.txt, "Bitmap directory";
 * block/qcow2-bitmap.c, check_dir_entry). Numbers are compared before they are used for anything.
 */
final class DirectoryRules {
  private final Qcow2Header header;

  DirectoryRules(Qcow2Header header) {
    this.header = header;
  }

  /**
   * The findings about an entry.
   *
   * @param at offset of the entry in the image
   */
  List<Finding> check(DirectoryEntry entry, long at) {
    Findings found = new Findings(entry.name());
    long offset = entry.tableOffset();
    if (offset == 0
        || offset < 0
        || offset > BitmapFormat.TABLE_OFFSET
        || (offset & header.clusterSize() - 1) != 0) {
      found.list().add(tableOffset(entry, at));
    }
    long size = entry.tableSize();
    boolean sized = size > 0 && size <= maxTableEntries();
    found.unless(
        sized, Rule.TABLE_SIZE, at + 8, "1 to " + maxTableEntries() + " table entries", size);
    found.unless(
        (entry.flags() & ~BitmapFormat.KNOWN_FLAGS) == 0,
        Rule.FLAGS,
        at + 12,
        "no flags but 1 and 2",
        Integer.toUnsignedLong(entry.flags()));
    found.unless(
        entry.type() == BitmapFormat.TYPE_DIRTY_TRACKING,
        Rule.TYPE,
        at + 16,
        "type 1",
        entry.type());
    boolean granular =
        entry.granularityBits() >= BitmapFormat.MIN_GRANULARITY_BITS
            && entry.granularityBits() <= BitmapFormat.MAX_GRANULARITY_BITS;
    found.unless(
        granular, Rule.GRANULARITY, at + 17, "9 to 31 granularity bits", entry.granularityBits());
    if (sized && granular && !entry.inUse()) {
      // A bitmap in use may have the size from before the disk was resized.
      long needed =
          BitmapFormat.tableEntries(
              header.virtualSize(), entry.granularityBits(), header.clusterBits());
      found.unless(size == needed, Rule.TABLE_COVERAGE, at + 8, needed + " table entries", size);
    }
    name(entry, at, found);
    found.unless(!entry.inUse(), Rule.IN_USE, at + 12, "a bitmap that is not in use", "the flag 1");
    return found.list();
  }

  private Finding tableOffset(DirectoryEntry entry, long at) {
    long offset = entry.tableOffset();
    Finding finding =
        new Finding(
            Rule.TABLE_OFFSET,
            at,
            "a table at the start of a cluster after the first",
            Long.toUnsignedString(offset),
            Optional.of(entry.name()));
    boolean aligned = offset != 0 && (offset & header.clusterSize() - 1) == 0;
    boolean readable =
        offset >= 0 && offset + entry.tableSize() * Long.BYTES <= BitmapFormat.MAX_FILE;
    // Far behind the end QEMU reads zeros; and it does not read the table of one in use.
    return aligned && (readable || entry.inUse()) ? finding.atMost(Severity.USELESS) : finding;
  }

  private static void name(DirectoryEntry entry, long at, Findings found) {
    int length = entry.name().length();
    found.unless(
        length <= BitmapFormat.MAX_NAME_BYTES,
        Rule.NAME_LENGTH,
        at + 18,
        "a name of at most 1023 bytes",
        length);
    found.unless(length > 0, Rule.NAME_EMPTY, at + 18, "a name of at least 1 byte", length);
    found.unless(
        entry.extraDataSize() == 0,
        Rule.EXTRA_DATA,
        at + 20,
        "0 bytes of extra data",
        entry.extraDataSize());
    found.unless(
        entry.name().isPrintable(),
        Rule.NAME_PRINTABLE,
        at + BitmapFormat.ENTRY_FIXED + entry.extraDataSize(),
        "a printable name",
        entry.name().toString());
  }

  private long maxTableEntries() {
    return Math.min(
        BitmapFormat.MAX_TABLE_ENTRIES, BitmapFormat.MAX_BITMAP_BYTES >> header.clusterBits());
  }

  /** Collects findings about one bitmap. */
  private record Findings(List<Finding> list, BitmapName name) {
    Findings(BitmapName name) {
      this(new ArrayList<>(), name);
    }

    void unless(boolean rule, Rule broken, long offset, String expected, long found) {
      unless(rule, broken, offset, expected, Long.toUnsignedString(found));
    }

    void unless(boolean rule, Rule broken, long offset, String expected, String found) {
      if (!rule) {
        list.add(new Finding(broken, offset, expected, found, Optional.of(name)));
      }
    }
  }
}
