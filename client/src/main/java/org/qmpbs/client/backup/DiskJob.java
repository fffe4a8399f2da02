package org.qmpbs.client.backup;

import java.util.List;
import java.util.Optional;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.client.backup.PreviousBackup.IndexState.Parsed;
import org.qmpbs.machine.Disk;

/**
 * One disk and how it is read.
 *
 * @param disk which
 * @param archive with {@code .fidx}
 * @param plan incremental or full
 * @param bitmapStored whether its new bitmap is stored in the image when QEMU ends
 * @param base index that an incremental plan starts from; else empty
 */
record DiskJob(
    Disk disk, String archive, ReadPlan plan, boolean bitmapStored, Optional<FixedIndex> base) {

  /** Plans every chosen disk. */
  static List<DiskJob> plan(
      DiskChooser.Choice choice, Planner planner, PreviousBackup previous, BitmapStorage storage) {
    return choice.disks().stream()
        .map(
            chosen -> {
              ReadPlan plan = planner.plan(chosen);
              Optional<FixedIndex> base =
                  plan instanceof ReadPlan.Incremental
                      ? previous.index(chosen.archive()).map(state -> ((Parsed) state).index())
                      : Optional.empty();
              return new DiskJob(
                  chosen.disk(), chosen.archive(), plan, storage.stores(chosen.disk()), base);
            })
        .toList();
  }

  /** The same disk, whose bitmap turned out to be worthless. */
  DiskJob readInFull(ReadPlan.FullRead why) {
    return new DiskJob(disk, archive, why, bitmapStored, Optional.empty());
  }

  /** Name of the bitmap to read, or empty for a full read. */
  Optional<String> trustedBitmap() {
    return plan instanceof ReadPlan.Incremental incremental
        ? Optional.of(incremental.bitmap())
        : Optional.empty();
  }
}
