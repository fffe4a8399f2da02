package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.qmpbs.qcow2.Qcow2Header;

/**
 * The internal snapshots of an image: each has an L1 table of its own (docs/interop/qcow2.txt,
 * "Snapshots").
 *
 * @param bytes of the table
 * @param l1 the snapshots' L1 tables; {@code entries} may be 0
 */
record SnapshotTable(long bytes, List<Qcow2Header.Table> l1) {
  /** Fixed part of an entry; extra data, id and name follow, padded to 8 bytes. */
  private static final int FIXED = 40;

  /** block/qcow2.h, QCOW_MAX_SNAPSHOT_EXTRA_DATA. */
  private static final long MAX_EXTRA = 1024;

  /** block/qcow2.h, QCOW_MAX_L1_SIZE, in entries. */
  private static final long MAX_L1 = (32 << 20) / Long.BYTES;

  SnapshotTable {
    l1 = List.copyOf(l1);
  }

  /** Reads it as far as it can be followed; the rest is damage. */
  static SnapshotTable of(ImageFile file, Qcow2Header header, GuestDamage damage)
      throws IOException {
    List<Qcow2Header.Table> tables = new ArrayList<>();
    long start = header.snapshots().offset();
    long at = start;
    for (int i = 0; i < header.snapshots().entries(); i++) {
      if (at + FIXED > file.length()) {
        damage.add(at, "a snapshot within the image", "the end of the image");
        break;
      }
      ByteBuffer entry = ByteBuffer.wrap(file.read(at, FIXED));
      long extra = Integer.toUnsignedLong(entry.getInt(36));
      long l1Entries = Integer.toUnsignedLong(entry.getInt(8));
      long l1Offset = entry.getLong(0);
      if (extra > MAX_EXTRA) {
        damage.add(at + 36, "at most 1024 bytes of extra data of a snapshot", "" + extra);
        break;
      }
      boolean follows =
          l1Entries <= MAX_L1
              && l1Offset >= 0
              && l1Offset <= BitmapFormat.TABLE_OFFSET
              && (l1Offset & header.clusterSize() - 1) == 0;
      if (follows) {
        tables.add(new Qcow2Header.Table(l1Offset, (int) l1Entries));
      } else {
        damage.add(
            at,
            "an L1 table of a snapshot at the start of a cluster",
            l1Entries + " entries at byte " + Long.toUnsignedString(l1Offset));
      }
      int id = Short.toUnsignedInt(entry.getShort(12));
      int name = Short.toUnsignedInt(entry.getShort(14));
      at += FIXED + extra + id + name + 7 & ~7L;
    }
    return new SnapshotTable(at - start, tables);
  }
}
