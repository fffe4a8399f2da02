package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.qmpbs.qcow2.Qcow2Header;

/**
 * The clusters of all structures that lead to guest data and of all bitmaps. Nothing new may be put
 * there, whatever their refcounts say; and no two of them may be in one cluster, for then one of
 * them is damaged already.
 *
 * <p>Where guest data itself stands is not looked up: as for QEMU, that is for the refcounts to
 * tell, and for {@code check} to compare.
 */
final class KnownMetadata {
  private static final long L1_OFFSET = 0x00ff_ffff_ffff_fe00L;

  /** Bytes of the L1 table that are read at a time. */
  private static final int PIECE = 1 << 20;

  private final StrictImage image;
  private final ImageFile file;
  private final int clusterBits;
  private final ClusterSet clusters;

  private KnownMetadata(StrictImage image, Refcounts refcounts) {
    this.image = image;
    this.file = image.file();
    this.clusterBits = image.header().clusterBits();
    this.clusters = new ClusterSet(refcounts.perBlock());
  }

  /**
   * Reads where they are.
   *
   * @throws BitmapRefusedException if a bitmap structure stands where another structure does
   */
  static KnownMetadata of(StrictImage image, Refcounts refcounts) throws IOException {
    KnownMetadata known = new KnownMetadata(image, refcounts);
    known.readTables(refcounts);
    known.readBitmaps();
    return known;
  }

  boolean contains(long cluster) {
    return clusters.contains(cluster);
  }

  private void readTables(Refcounts refcounts) throws IOException {
    Qcow2Header header = image.header();
    clusters.add(0);
    addAll(header.refcountTable().offset(), header.refcountTable().entries() * 8L);
    for (long block : refcounts.table()) {
      if (block != 0) {
        clusters.add(block >>> clusterBits);
      }
    }
    addAll(header.l1().offset(), header.l1().entries() * 8L);
    long end = header.l1().offset() + header.l1().entries() * 8L;
    for (long at = header.l1().offset(); at < end; at += PIECE) {
      ByteBuffer entries = ByteBuffer.wrap(file.read(at, (int) Math.min(PIECE, end - at)));
      while (entries.hasRemaining()) {
        long l2 = entries.getLong() & L1_OFFSET;
        if (l2 != 0) {
          clusters.add(l2 >>> clusterBits);
        }
      }
    }
    readSnapshots(header);
  }

  private void readSnapshots(Qcow2Header header) throws IOException {
    GuestDamage damage = new GuestDamage();
    SnapshotTable snapshots = SnapshotTable.of(file, header, damage);
    if (damage.any()) {
      throw Refusals.guestDamaged(image.path(), damage.findings().get(0));
    }
    addAll(header.snapshots().offset(), snapshots.bytes());
    snapshots.l1().forEach(l1 -> addAll(l1.offset(), l1.entries() * 8L));
  }

  private void addAll(long offset, long bytes) {
    long last = offset + bytes - 1;
    for (long at = offset >>> clusterBits; at <= last >>> clusterBits && bytes > 0; at++) {
      clusters.add(at);
    }
  }

  private void readBitmaps() throws IOException {
    if (image.entries().isEmpty()) {
      return;
    }
    BitmapsExtension extension = image.scan().extension().orElseThrow();
    addOnce(extension.directoryOffset(), extension.directorySize(), "the bitmap directory");
    for (DirectoryEntry entry : image.entries()) {
      String of = " of the bitmap '" + entry.name() + "'";
      for (long data : image.claims(entry)) {
        if (BitmapTable.offset(data) != 0) {
          addOnce(BitmapTable.offset(data), 1, "the bits" + of);
        }
      }
      addOnce(entry.tableOffset(), entry.tableSize() * Long.BYTES, "the table" + of);
    }
  }

  private void addOnce(long offset, long bytes, String what) throws BitmapRefusedException {
    long last = offset + bytes - 1;
    for (long at = offset >>> clusterBits; at <= last >>> clusterBits; at++) {
      if (!clusters.add(at)) {
        throw Refusals.shared(image.path(), what, at << clusterBits);
      }
    }
  }
}
