package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.List;
import org.qmpbs.machine.Disk;
import org.qmpbs.machine.SkippedDrive;

/**
 * The machine's disks at one moment, and what of them is backed up.
 *
 * @param choice disks that are
 * @param skipped drives that have nothing
 */
record MachineLook(DiskChooser.Choice choice, List<SkippedDrive> skipped) {
  MachineLook {
    skipped = List.copyOf(skipped);
  }

  /** Looks now. */
  static MachineLook at(MachinePort machine, BackupRequest request) throws IOException {
    List<SkippedDrive> skipped = machine.skipped();
    DiskChooser chooser = new DiskChooser(machine.disks(), skipped);
    return new MachineLook(chooser.choose(request.disks(), request.excluded()), skipped);
  }

  /** The chosen disks. */
  List<Disk> diskList() {
    return choice.disks().stream().map(ChosenDisk::disk).toList();
  }

  /** Their archives. */
  List<String> archives() {
    return choice.disks().stream().map(ChosenDisk::archive).toList();
  }
}
