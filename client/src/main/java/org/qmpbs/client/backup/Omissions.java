package org.qmpbs.client.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qmpbs.client.backup.PreviousBackup.Recorded;
import org.qmpbs.client.backup.SnapshotRecord.RecordedDisk;
import org.qmpbs.machine.SkippedDrive;

/**
 * Disks that the last snapshot has and this one has not, although nobody left them out: ejected,
 * made read-only, detached or renamed. A backup that succeeds day after day without them would be
 * noticed when they are needed. It is said once: the next snapshot is compared with this one.
 */
final class Omissions {
  private Omissions() {}

  /** One line each. */
  static List<String> of(PreviousBackup previous, MachineLook look, BackupRequest request) {
    if (!(previous instanceof Recorded recorded) || !request.disks().isEmpty()) {
      // With --disk, the user has said what is wanted.
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    for (RecordedDisk disk : recorded.description().disks()) {
      if (!isTaken(disk, look) && !isLeftOut(disk, look, request)) {
        lines.add(
            "disk "
                + disk.name()
                + " ("
                + disk.archive()
                + ") is in the last snapshot, "
                + recorded.manifest().snapshot()
                + ", and not in this one: "
                + why(disk.name(), look.skipped()));
      }
    }
    return lines;
  }

  /** Under its archive, or under another one: an archive may be named for one backup only. */
  private static boolean isTaken(RecordedDisk disk, MachineLook look) {
    return look.archives().contains(disk.archive())
        || look.diskList().stream().anyMatch(each -> each.name().equals(disk.name()));
  }

  /** A drive that has nothing to back up may be named by whoever wants to leave it out, too. */
  private static boolean isLeftOut(RecordedDisk disk, MachineLook look, BackupRequest request) {
    return look.choice().excluded().contains(disk.name())
        || request.excluded().contains(disk.name());
  }

  private static String why(String name, List<SkippedDrive> skipped) {
    Optional<SkippedDrive> drive =
        skipped.stream().filter(each -> each.name().equals(name)).findFirst();
    if (drive.isEmpty()) {
      return "the machine has no writable disk of this name any more";
    }
    return drive.get().reason() == SkippedDrive.Reason.EMPTY
        ? "the drive is empty"
        : "it is read-only now";
  }
}
