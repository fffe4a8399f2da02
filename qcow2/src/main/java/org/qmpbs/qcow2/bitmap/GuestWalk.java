package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qmpbs.qcow2.Encryption;
import org.qmpbs.qcow2.HeaderExtension;
import org.qmpbs.qcow2.IncompatibleFeature;
import org.qmpbs.qcow2.Qcow2Header;

/**
 * Follows everything that leads to guest data, and counts who refers to which cluster: header,
 * refcount table and blocks, active and snapshots' L1 and L2 tables, data clusters, the snapshot
 * table and the LUKS header. Nothing that is wrong there ends the walk; it becomes {@link
 * GuestDamage}, and what the damaged part would have led to is then not counted.
 *
 * <p>Snapshots share L2 tables, and a hostile image may point to one from everywhere: first is
 * counted how many L1 entries lead to each L2 table, then each is read once for all of them. So the
 * work for one window of clusters is bounded by the length of the image.
 */
final class GuestWalk {
  /** Bits 0 to 8 and 56 to 62 of an L1 entry. */
  private static final long L1_RESERVED = 0x7f00_0000_0000_01ffL;

  /** L1 entries that are read at a time. */
  private static final int L1_PIECE = 1 << 13;

  /** 2^24 L2 tables lead to 8 PiB of a disk with the usual clusters. */
  private static final int MOST_L2 = 1 << 24;

  private final ImageFile file;
  private final long length;
  private final Qcow2Header header;
  private final RefcountIndex refcounts;
  private final SnapshotTable snapshots;
  private final List<Qcow2Header.Table> l1Tables = new ArrayList<>();
  private final ClusterCounts l2Tables = new ClusterCounts();
  private final L2Entry.Kind l2Kind;
  private final GuestDamage damage;
  private Optional<long[]> luks = Optional.empty();
  private boolean l2Seen;

  /** Reads what is above the L2 tables. */
  GuestWalk(ImageFile file, BitmapScan scan, RefcountIndex refcounts, GuestDamage damage)
      throws IOException {
    this.file = file;
    this.length = file.length();
    this.header = scan.header();
    this.refcounts = refcounts;
    this.damage = damage;
    this.l2Kind =
        new L2Entry.Kind(
            header.clusterBits(),
            header.incompatibleFeatures().contains(IncompatibleFeature.EXTENDED_L2),
            header.incompatibleFeatures().contains(IncompatibleFeature.EXTERNAL_DATA_FILE));
    this.snapshots = SnapshotTable.of(file, header, damage);
    luks(scan);
    l1();
  }

  private void luks(BitmapScan scan) {
    if (header.encryption() != Encryption.LUKS) {
      return;
    }
    luks =
        scan.area().slots().stream()
            .filter(slot -> slot.type() == HeaderExtension.ENCRYPTION && slot.length() == 16)
            .map(
                slot ->
                    new long[] {
                      scan.head().getLong(slot.dataAt()),
                      scan.head().getLong(slot.dataAt() + Long.BYTES)
                    })
            .filter(place -> place[0] > 0 && inside(place[0], place[1]))
            .reduce((one, other) -> other);
    if (luks.isEmpty()) {
      damage.add(header.headerLength(), "an extension that leads to the LUKS header", "none");
    }
  }

  /** Counts the L1 entries that lead to each L2 table. */
  private void l1() throws IOException {
    l1Tables.add(header.l1());
    l1Tables.addAll(snapshots.l1());
    long read = 0;
    for (Qcow2Header.Table table : l1Tables) {
      long bytes = (long) table.entries() * Long.BYTES;
      read += bytes;
      if (!inside(table.offset(), bytes)) {
        damage.add(
            table.offset(),
            "an L1 table within the image",
            "its end at byte " + (table.offset() + bytes));
      } else if (read > length) {
        damage.add(table.offset(), "L1 tables that do not overlap", "more than the image holds");
        return;
      } else {
        countL1(table);
      }
    }
  }

  private void countL1(Qcow2Header.Table table) throws IOException {
    for (int i = 0; i < table.entries(); i += L1_PIECE) {
      int count = Math.min(L1_PIECE, table.entries() - i);
      long at = table.offset() + (long) i * Long.BYTES;
      ByteBuffer entries = ByteBuffer.wrap(file.read(at, count * Long.BYTES));
      for (int j = 0; j < count; j++) {
        countL2(entries.getLong(), at + (long) j * Long.BYTES);
      }
    }
  }

  private void countL2(long entry, long at) {
    long offset = entry & BitmapFormat.TABLE_OFFSET;
    boolean follows =
        offset == 0
            || ((offset & header.clusterSize() - 1) == 0 && inside(offset, header.clusterSize()));
    if (!follows || (entry & L1_RESERVED) != 0) {
      damage.add(at, "an L1 entry that leads to a cluster", String.format("%016x", entry));
    }
    if (offset != 0 && follows) {
      if (l2Tables.size() == MOST_L2) {
        damage.add(at, "at most 2^24 L2 tables", "more");
      } else {
        l2Tables.add(offset, 1);
      }
    }
  }

  /** The last cluster of an image need not be written, which QEMU allows too. */
  private boolean inside(long offset, long bytes) {
    return bytes >= 0
        && offset >= 0
        && offset <= BitmapFormat.TABLE_OFFSET
        && bytes <= BitmapFormat.TABLE_OFFSET
        && offset + bytes - length <= header.clusterSize();
  }

  /** Adds all references to clusters of the window. */
  void count(Census census) throws IOException {
    int alone = Census.METADATA | Census.EXCLUSIVE;
    census.refer(0, 1, 1, alone);
    Qcow2Header.Table table = header.refcountTable();
    census.refer(table.offset(), (long) table.entries() * Long.BYTES, 1, alone);
    for (int i = 0; i < refcounts.count(); i++) {
      if (refcounts.offset(i) != 0) {
        census.refer(refcounts.offset(i), 1, 1, alone);
      }
    }
    for (Qcow2Header.Table l1 : l1Tables) {
      census.refer(l1.offset(), (long) l1.entries() * Long.BYTES, 1, alone);
    }
    census.refer(header.snapshots().offset(), snapshots.bytes(), 1, alone);
    luks.ifPresent(place -> census.refer(place[0], place[1], 1, alone));
    for (long l2 : l2Tables.sorted()) {
      int times = l2Tables.get(l2);
      census.refer(l2, 1, times, Census.METADATA);
      countData(l2, times, census);
    }
    l2Seen = true;
  }

  /** What no refcount block counts is in no window, and free to QEMU. */
  private void counted(L2Entry data) {
    long last = data.offset() + data.bytes() - 1;
    if (!l2Seen
        && data.bytes() > 0
        && refcounts.offsetOfEntry(last >>> header.clusterBits()) == 0) {
      damage.add(data.offset(), "guest data that a refcount block counts", "no such block");
    }
  }

  private void countData(long l2, int times, Census census) throws IOException {
    ByteBuffer entries = ByteBuffer.wrap(file.read(l2, header.clusterSize()));
    while (entries.remaining() >= l2Kind.entryBytes()) {
      long at = l2 + entries.position();
      long entry = entries.getLong();
      entries.position(entries.position() + l2Kind.entryBytes() - Long.BYTES);
      if (entry == 0) {
        continue;
      }
      L2Entry data = L2Entry.of(entry, l2Kind);
      boolean inside = data.bytes() == 0 || inside(data.offset(), data.bytes());
      if (inside) {
        census.refer(data.offset(), data.bytes(), times, Census.GUEST);
        counted(data);
      }
      // In later windows it would be told once more.
      if (!l2Seen && (!inside || !data.sound())) {
        damage.add(
            at, "an L2 entry that leads to a cluster of the image", String.format("%016x", entry));
      }
    }
  }
}
