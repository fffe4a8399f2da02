package org.qmpbs.client.backup;

import java.util.List;
import java.util.Optional;

/**
 * What a snapshot says of itself in {@code qmpbs.json.blob}: which bitmaps started recording at its
 * point in time. The manifest covers the blob, so whoever trusts the manifest can trust this.
 *
 * @param target as in {@link EpochName}
 * @param disks one for each archive of the snapshot
 * @param machineUuid of the machine, empty if it has none
 * @param machineName of the machine, empty if it has none
 * @param qemuVersion for people
 */
record SnapshotRecord(
    String target,
    List<RecordedDisk> disks,
    String machineUuid,
    String machineName,
    String qemuVersion) {
  /** The blob's file name. */
  static final String FILE_NAME = "qmpbs.json.blob";

  SnapshotRecord {
    disks = List.copyOf(disks);
  }

  /** The disk that went into {@code archive}. */
  Optional<RecordedDisk> disk(String archive) {
    return disks.stream().filter(disk -> disk.archive().equals(archive)).findFirst();
  }

  /**
   * One disk.
   *
   * @param name as users call it
   * @param archive with {@code .fidx}, unique in the record
   * @param size of the image in bytes
   * @param bitmap that records from this snapshot on
   * @param bitmapStored whether it was made to be stored in the image when QEMU ends; if not, it
   *     lasts as long as that QEMU
   * @param backing the mark of the files under the image, see {@link BackingFiles}; empty if none
   * @param format driver of the image, for people
   */
  record RecordedDisk(
      String name,
      String archive,
      long size,
      EpochName bitmap,
      boolean bitmapStored,
      String backing,
      String format) {}
}
