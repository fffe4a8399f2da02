package org.qmpbs.client.backup;

import static org.qmpbs.client.backup.FullReadReason.ARCHIVE_NOT_IN_SNAPSHOT;
import static org.qmpbs.client.backup.FullReadReason.BACKING_CHANGED;
import static org.qmpbs.client.backup.FullReadReason.BITMAP_BUSY;
import static org.qmpbs.client.backup.FullReadReason.BITMAP_DISABLED;
import static org.qmpbs.client.backup.FullReadReason.BITMAP_INCONSISTENT;
import static org.qmpbs.client.backup.FullReadReason.BITMAP_MISSING;
import static org.qmpbs.client.backup.FullReadReason.BITMAP_NOT_AS_MADE;
import static org.qmpbs.client.backup.FullReadReason.BITMAP_NOT_PERSISTENT;
import static org.qmpbs.client.backup.FullReadReason.CRYPT_MODE_CHANGED;
import static org.qmpbs.client.backup.FullReadReason.DAMAGED_SNAPSHOT;
import static org.qmpbs.client.backup.FullReadReason.FIRST_BACKUP;
import static org.qmpbs.client.backup.FullReadReason.FIRST_UPLOAD_CONTINUES;
import static org.qmpbs.client.backup.FullReadReason.FOREIGN_SNAPSHOT;
import static org.qmpbs.client.backup.FullReadReason.NO_USABLE_SNAPSHOT;
import static org.qmpbs.client.backup.FullReadReason.SIZE_CHANGED;

import java.util.Optional;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.client.backup.PreviousBackup.IndexState;
import org.qmpbs.client.backup.PreviousBackup.IndexState.Parsed;
import org.qmpbs.client.backup.PreviousBackup.IndexState.Unreadable;
import org.qmpbs.client.backup.PreviousBackup.Recorded;
import org.qmpbs.client.backup.ReadPlan.FullRead;
import org.qmpbs.client.backup.ReadPlan.Incremental;
import org.qmpbs.client.backup.SnapshotRecord.RecordedDisk;
import org.qmpbs.machine.Bitmap;
import org.qmpbs.machine.Disk;
import org.qmpbs.pbs.ManifestFile;
import org.qmpbs.pbs.Protection;
import org.qmpbs.pbs.Voucher;

/**
 * The bitmap rule: whether a disk's bitmap is proven to be relative to exactly the snapshot that
 * the server builds on. A wrong "yes" is a backup that looks good and is not, found out at restore;
 * a wrong "no" costs one full read. So every condition has to hold, and whatever is not understood
 * counts as violated.
 *
 * <p>A pure function of what was looked up; it does no I/O and keeps nothing.
 */
final class Planner {
  /** What ours have: one bit for a chunk. Tools that know nothing of us make 64 KiB of it. */
  private static final long BITMAP_GRANULARITY = Chunks.SIZE;

  private final String target;
  private final Optional<FullRead> forced;
  private final PreviousBackup previous;
  private final BackingFiles backing;
  private final Protection protection;

  /**
   * Plans for one backup.
   *
   * @param target of the group, see {@link EpochName#targetOf}
   * @param forced why everything is read whatever the server and QEMU say, or empty
   * @param previous what the server has
   * @param backing what lies under the disks now
   * @param protection of the backup
   */
  Planner(
      String target,
      Optional<FullRead> forced,
      PreviousBackup previous,
      BackingFiles backing,
      Protection protection) {
    this.target = target;
    this.forced = forced;
    this.previous = previous;
    this.backing = backing;
    this.protection = protection;
  }

  /** Decides for one disk. */
  ReadPlan plan(ChosenDisk chosen) {
    if (forced.isPresent()) {
      return forced.get();
    }
    if (previous instanceof PreviousBackup.None) {
      return new FullRead(FIRST_BACKUP, "the group has no snapshot yet");
    }
    if (previous instanceof PreviousBackup.Checkpoint checkpoint) {
      return new FullRead(
          FIRST_UPLOAD_CONTINUES,
          "the first upload was interrupted; all is read, and what "
              + checkpoint.of()
              + " kept of it is not sent again");
    }
    if (previous instanceof PreviousBackup.Unusable unusable) {
      return new FullRead(NO_USABLE_SNAPSHOT, unusable.detail());
    }
    if (previous instanceof PreviousBackup.Unvouched unvouched) {
      return new FullRead(unvouched.reason(), unvouched.detail());
    }
    if (previous instanceof PreviousBackup.Damaged damaged) {
      return new FullRead(DAMAGED_SNAPSHOT, damaged.detail());
    }
    if (previous instanceof PreviousBackup.Foreign foreign) {
      return new FullRead(FOREIGN_SNAPSHOT, foreign.detail());
    }
    return planOnRecord((Recorded) previous, chosen);
  }

  private ReadPlan planOnRecord(Recorded recorded, ChosenDisk chosen) {
    String snapshot = "snapshot " + recorded.manifest().snapshot();
    if (!recorded.description().target().equals(target)) {
      return new FullRead(
          FOREIGN_SNAPSHOT, snapshot + " was made for another server, datastore or group");
    }
    if (!protection.isKeyOf(recorded.manifest())) {
      return new FullRead(
          CRYPT_MODE_CHANGED,
          snapshot
              + " is "
              + signatureOf(recorded.manifest().voucher())
              + ", this backup is "
              + protection);
    }
    String archive = chosen.archive();
    Optional<ManifestFile> file = recorded.manifest().file(archive);
    if (file.isEmpty()) {
      return new FullRead(ARCHIVE_NOT_IN_SNAPSHOT, snapshot + " has no " + archive);
    }
    Optional<FullRead> unsound = checkSnapshot(recorded, chosen, file.get(), snapshot);
    if (unsound.isPresent()) {
      return unsound.get();
    }
    RecordedDisk entry = recorded.description().disk(archive).orElseThrow();
    return planOnBitmap(chosen.disk(), entry, snapshot);
  }

  private static String signatureOf(Voucher voucher) {
    return voucher.state() == Voucher.State.UNSIGNED
        ? "not signed"
        : "signed" + voucher.key().map(by -> " with key " + by.shortForm()).orElse("");
  }

  /** The server's side: empty if the archive, its index and its record are one sound whole. */
  private Optional<FullRead> checkSnapshot(
      Recorded recorded, ChosenDisk chosen, ManifestFile file, String snapshot) {
    String archive = chosen.archive();
    if (file.cryptMode() != protection.mode()) {
      return full(
          CRYPT_MODE_CHANGED,
          archive
              + " in "
              + snapshot
              + " has crypt mode "
              + file.cryptMode().id()
              + ", this backup "
              + protection.mode().id());
    }
    Optional<RecordedDisk> entry = recorded.description().disk(archive);
    if (entry.isEmpty()) {
      return full(DAMAGED_SNAPSHOT, "the record of " + snapshot + " does not know " + archive);
    }
    long recordedSize = entry.get().size();
    if (recordedSize != file.size()) {
      return full(
          DAMAGED_SNAPSHOT,
          "the record and the manifest of "
              + snapshot
              + " disagree on the size of "
              + archive
              + ": "
              + recordedSize
              + " and "
              + file.size()
              + " bytes");
    }
    if (entry.get().bitmap().time() != recorded.manifest().snapshot().time()) {
      return full(
          DAMAGED_SNAPSHOT,
          "the bitmap "
              + entry.get().bitmap()
              + " in the record is not of the time of "
              + snapshot);
    }
    if (recordedSize != chosen.disk().size()) {
      return full(
          SIZE_CHANGED,
          "the disk has "
              + chosen.disk().size()
              + " bytes, "
              + archive
              + " in "
              + snapshot
              + " has "
              + recordedSize);
    }
    return checkIndex(recorded, file, snapshot);
  }

  private static Optional<FullRead> checkIndex(
      Recorded recorded, ManifestFile file, String snapshot) {
    IndexState state =
        recorded.index(file.name()).orElseGet(() -> new Unreadable("it was not read"));
    if (state instanceof Unreadable unreadable) {
      return full(
          DAMAGED_SNAPSHOT, file.name() + " of " + snapshot + " is unusable: " + unreadable.why());
    }
    Parsed parsed = (Parsed) state;
    if (!parsed.index().checksum().equals(file.checksum())
        || parsed.index().size() != file.size()) {
      return full(
          DAMAGED_SNAPSHOT, file.name() + " of " + snapshot + " is not what its manifest says");
    }
    return Optional.empty();
  }

  /** QEMU's side. */
  private ReadPlan planOnBitmap(Disk disk, RecordedDisk entry, String snapshot) {
    String name = entry.bitmap().text();
    Optional<Bitmap> found = disk.bitmap(name);
    if (found.isEmpty()) {
      return missing(disk, entry, snapshot);
    }
    Bitmap bitmap = found.get();
    if (bitmap.inconsistent()) {
      return new FullRead(
          BITMAP_INCONSISTENT,
          "QEMU did not end cleanly since " + snapshot + ", its bitmap is worthless");
    }
    if (bitmap.busy()) {
      return new FullRead(
          BITMAP_BUSY, "another job or export uses the bitmap of " + snapshot + " (" + name + ")");
    }
    if (!bitmap.recording()) {
      return new FullRead(
          BITMAP_DISABLED,
          "somebody disabled the bitmap of " + snapshot + "; writes may be missing from it");
    }
    if (bitmap.granularity() != BITMAP_GRANULARITY) {
      return new FullRead(
          BITMAP_NOT_AS_MADE,
          "the bitmap of "
              + snapshot
              + " has a granularity of "
              + bitmap.granularity()
              + " bytes instead of "
              + BITMAP_GRANULARITY
              + ": somebody made it anew under the old name");
    }
    if (!backing.of(disk).text().equals(entry.backing())) {
      return new FullRead(
          BACKING_CHANGED,
          "the files under the image are not what they were at "
              + snapshot
              + "; what changed there is in no bitmap");
    }
    // One that is in memory only has been there since the instant: nothing brings it back. So it is
    // as good as a stored one, if it was made that way; else somebody made another of its name.
    boolean madeStored = entry.bitmapStored() && disk.persistentBitmaps();
    if (bitmap.persistent() != madeStored) {
      return new FullRead(
          BITMAP_NOT_PERSISTENT,
          "the bitmap of "
              + snapshot
              + (madeStored ? " is not persistent" : " is not in memory only")
              + " as it was made; it is not relied on");
    }
    return new Incremental(name, Math.min(bitmap.dirtyBytes(), disk.size()));
  }

  private static ReadPlan missing(Disk disk, RecordedDisk entry, String snapshot) {
    if (!disk.persistentBitmaps()) {
      return new FullRead(
          BITMAP_NOT_PERSISTENT,
          (disk.format().equals("qcow2")
                  ? "a qcow2 disk of version 2 or with an external data file"
                  : "a " + disk.format() + " disk")
              + " keeps no bitmap when QEMU ends, and the one of "
              + snapshot
              + " is gone");
    }
    if (!entry.bitmapStored()) {
      return new FullRead(
          BITMAP_NOT_PERSISTENT,
          "the bitmap of "
              + snapshot
              + " was in memory only ("
              + (entry.backing().isEmpty()
                  ? "there was no room to store it"
                  : "there was no room to store it, or the backing files cannot be watched")
              + "), and is gone since QEMU ended");
    }
    return new FullRead(
        BITMAP_MISSING,
        "the bitmap of " + snapshot + " is not on the disk: new, replaced or rolled back");
  }

  private static Optional<FullRead> full(FullReadReason reason, String detail) {
    return Optional.of(new FullRead(reason, detail));
  }
}
