package org.qmpbs.client.backup;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.backup.BackupRequest.DiskSelection;
import org.qmpbs.machine.Disk;
import org.qmpbs.machine.SkippedDrive;

/**
 * From {@code --disk} and {@code --exclude} to disks and archives. Strict: a name that fits no disk
 * or several is an error, because a backup that quietly leaves out a disk is found out on the day
 * it is needed.
 */
final class DiskChooser {
  private final List<Disk> disks;
  private final List<SkippedDrive> skipped;

  DiskChooser(List<Disk> disks, List<SkippedDrive> skipped) {
    this.disks = List.copyOf(disks);
    this.skipped = List.copyOf(skipped);
  }

  /**
   * What is backed up and what is not.
   *
   * @param disks in the order of the machine, at least one
   * @param excluded names of disks that the user left out
   */
  record Choice(List<ChosenDisk> disks, List<String> excluded) {
    Choice {
      disks = List.copyOf(disks);
      excluded = List.copyOf(excluded);
    }
  }

  /** Applies the user's options to the machine's disks. */
  Choice choose(List<DiskSelection> selections, Set<String> exclusions) throws DiskChoiceException {
    Map<Disk, DiskSelection> selected = new LinkedHashMap<>();
    for (DiskSelection selection : selections) {
      Disk disk = find(selection.name(), "--disk");
      if (selected.put(disk, selection) != null) {
        throw new DiskChoiceException(
            "disk " + disk.name() + " is named twice", "Name it once with --disk.", null);
      }
    }
    List<Disk> excluded = new ArrayList<>();
    for (String name : exclusions) {
      if (!isSkipped(name)) {
        excluded.add(find(name, "--exclude"));
      }
    }
    List<ChosenDisk> chosen = new ArrayList<>();
    List<String> left = new ArrayList<>();
    for (Disk disk : disks) {
      DiskSelection selection = selected.get(disk);
      if (selection != null && excluded.contains(disk)) {
        throw new DiskChoiceException(
            "disk " + disk.name() + " is both included and excluded",
            "Name it with --disk or with --exclude, not with both.",
            null);
      }
      if (excluded.contains(disk) || (!selected.isEmpty() && selection == null)) {
        left.add(disk.name());
      } else {
        chosen.add(new ChosenDisk(disk, archiveOf(disk, selection)));
      }
    }
    requireSensible(chosen);
    return new Choice(chosen, left);
  }

  private static String archiveOf(Disk disk, @Nullable DiskSelection selection)
      throws DiskChoiceException {
    String given = selection == null ? null : selection.archive();
    return given == null ? ArchiveNames.ofDisk(disk.name()) : ArchiveNames.normalise(given);
  }

  private void requireSensible(List<ChosenDisk> chosen) throws DiskChoiceException {
    if (chosen.isEmpty()) {
      throw new DiskChoiceException(
          "no disk is left to back up; the machine has " + list(), "Exclude fewer disks.", null);
    }
    Map<String, String> owners = new HashMap<>();
    for (ChosenDisk disk : chosen) {
      String other = owners.put(disk.archive(), disk.disk().name());
      if (other != null) {
        throw new DiskChoiceException(
            "disks "
                + other
                + " and "
                + disk.disk().name()
                + " would both be written to "
                + disk.archive(),
            "Give one of them another archive with --disk NAME=ARCHIVE.",
            null);
      }
      if (disk.disk().size() < 1) {
        throw new DiskChoiceException(
            "disk " + disk.disk().name() + " has no bytes; the server takes no empty image",
            "Leave it out with --exclude " + disk.disk().name() + ".",
            null);
      }
    }
  }

  private boolean isSkipped(String name) {
    return skipped.stream().anyMatch(drive -> drive.name().equals(name))
        && disks.stream().noneMatch(disk -> disk.isCalled(name));
  }

  private Disk find(String name, String option) throws DiskChoiceException {
    // A disk's own name wins over another disk's node or device that happens to be called so.
    List<Disk> exact = disks.stream().filter(disk -> disk.name().equals(name)).toList();
    List<Disk> found =
        exact.isEmpty() ? disks.stream().filter(disk -> disk.isCalled(name)).toList() : exact;
    if (found.size() == 1) {
      return found.get(0);
    }
    if (found.isEmpty()) {
      String why = isSkipped(name) ? " is read-only or empty" : " is not a disk of this machine";
      throw new DiskChoiceException(
          option + " " + name + why + "; it has " + list(), "Use one of these names.", null);
    }
    throw new DiskChoiceException(
        option
            + " "
            + name
            + " fits several disks: "
            + found.stream().map(Disk::name).collect(Collectors.joining(", ")),
        "Use a name that only one of them has, for instance its node name.",
        null);
  }

  private String list() {
    return disks.isEmpty()
        ? "no writable disk"
        : disks.stream()
            .map(
                disk ->
                    disk.name()
                        + " (node "
                        + disk.formatNode()
                        + (disk.device().isEmpty() ? "" : ", device " + disk.device())
                        + ")")
            .collect(Collectors.joining(", "));
  }
}
