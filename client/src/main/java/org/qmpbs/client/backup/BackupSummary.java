package org.qmpbs.client.backup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qmpbs.machine.SkippedDrive;
import org.qmpbs.machine.Strategy;
import org.qmpbs.pbs.Snapshot;

/**
 * What a backup, or a dry run, did.
 *
 * @param snapshot what exists on the server now (dry run: what would)
 * @param previous the snapshot built upon, or null
 * @param strategy how the point in time was taken
 * @param disks in the order of the machine
 * @param skipped drives without anything to back up
 * @param excluded disks that the user left out
 * @param duration of the whole job
 * @param scratchUsed bytes of the scratch files when they were largest
 * @param warnings what a person should look at
 * @param omissions disks of the last snapshot that are missing although nobody left them out; also
 *     among the warnings
 * @param leftovers what of ours could not be taken away again, also among the warnings; the
 *     snapshot is good all the same
 * @param retries after connections that broke; what broke is among the warnings
 * @param freeze what became of freezing the guest's file systems (dry run: nothing)
 */
public record BackupSummary(
    Snapshot snapshot,
    @Nullable Snapshot previous,
    Strategy strategy,
    List<DiskSummary> disks,
    List<SkippedDrive> skipped,
    List<String> excluded,
    Duration duration,
    long scratchUsed,
    List<String> warnings,
    List<String> omissions,
    List<String> leftovers,
    int retries,
    FreezeReport freeze) {

  /** Keeps copies of the lists. */
  public BackupSummary {
    disks = List.copyOf(disks);
    skipped = List.copyOf(skipped);
    excluded = List.copyOf(excluded);
    warnings = List.copyOf(warnings);
    omissions = List.copyOf(omissions);
    leftovers = List.copyOf(leftovers);
  }

  /** The same at the end of a job whose earlier attempts came to nothing. */
  BackupSummary after(int lost, List<String> earlier, Duration wholeDuration) {
    List<String> all = new ArrayList<>(earlier);
    all.addAll(warnings);
    return new BackupSummary(
        snapshot,
        previous,
        strategy,
        disks,
        skipped,
        excluded,
        wholeDuration,
        scratchUsed,
        all,
        omissions,
        leftovers,
        lost,
        freeze);
  }

  /**
   * One disk; sizes in bytes.
   *
   * @param name of the disk
   * @param archive with {@code .fidx}
   * @param size of the image
   * @param plan incremental or full read, and why
   * @param read from the point in time (dry run: at most to be read)
   * @param zero known to be zero without reading
   * @param reused positions taken over from the previous snapshot without reading
   * @param uploadedChunks chunks the server did not know
   * @param uploadedPlain their size before encoding
   * @param uploadedEncoded their size on the wire
   * @param audited read and compared although the bitmap calls it clean
   * @param bitmapStored whether the new bitmap is stored in the image when QEMU ends (dry run:
   *     would be)
   */
  public record DiskSummary(
      String name,
      String archive,
      long size,
      ReadPlan plan,
      long read,
      long zero,
      long reused,
      long uploadedChunks,
      long uploadedPlain,
      long uploadedEncoded,
      long audited,
      boolean bitmapStored) {}
}
