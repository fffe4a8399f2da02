package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.machine.Bitmap;
import org.qmpbs.machine.Disk;
import org.qmpbs.qmp.QmpCommandException;

/**
 * Which bitmaps stay. Old and new ones record side by side until the server's answer is known:
 * success drops the old, failure the new, and doubt neither. So a failure needs no merging, and a
 * process that is killed anywhere in between leaves two bitmaps, of which the next run trusts the
 * one that the server's last snapshot records. Bitmaps of other targets and other programs are
 * never touched.
 */
final class BitmapRotation {
  private final MachinePort machine;
  private final String target;
  private final Progress progress;
  private final Map<Disk, EpochName> fresh = new LinkedHashMap<>();

  BitmapRotation(MachinePort machine, String target, Progress progress) {
    this.machine = machine;
    this.target = target;
    this.progress = progress;
  }

  /** Says that a disk is about to get a new bitmap. */
  void willCreate(Disk disk, EpochName epoch) {
    fresh.put(disk, epoch);
  }

  /** The name of a disk's new bitmap. */
  EpochName created(Disk disk) {
    EpochName epoch = fresh.get(disk);
    if (epoch == null) {
      throw new IllegalStateException("disk " + disk.name() + " gets no bitmap");
    }
    return epoch;
  }

  /**
   * Removes bitmaps that QEMU cannot use any more. They record nothing, and block resizing the
   * disk. One that QEMU does not let go of stops nothing: removing takes a cluster, which a full
   * volume does not have, and {@link #keepNew} says so of what is still there.
   */
  void removeInconsistent(List<Disk> disks) throws IOException {
    for (Disk disk : disks) {
      for (Bitmap bitmap : disk.bitmaps()) {
        if (bitmap.inconsistent() && !bitmap.busy() && EpochName.isOf(target, bitmap.name())) {
          String what = "the inconsistent bitmap " + bitmap.name() + " of " + disk.name();
          try {
            machine.removeBitmap(disk, bitmap.name());
            progress.note("removed " + what);
          } catch (QmpCommandException e) {
            progress.note("cannot remove " + what + ": " + e.getMessage());
          }
        }
      }
    }
  }

  /**
   * After the server's confirmation: removes every bitmap of the target but the new ones.
   *
   * @return what could not be removed, one line each
   */
  List<String> keepNew() {
    List<String> troubles = new ArrayList<>();
    Map<String, Disk> now = lookUp(troubles);
    fresh.forEach(
        (disk, epoch) -> {
          Disk current = now.getOrDefault(disk.name(), disk);
          for (Bitmap bitmap : current.bitmaps()) {
            if (EpochName.isOf(target, bitmap.name()) && !bitmap.name().equals(epoch.text())) {
              remove(current, bitmap.name(), troubles);
            }
          }
        });
    return troubles;
  }

  /**
   * After a failure: removes the new bitmaps, as far as they were made.
   *
   * @return what could not be removed, one line each
   */
  List<String> dropNew() {
    List<String> troubles = new ArrayList<>();
    Map<String, Disk> now = lookUp(troubles);
    fresh.forEach(
        (disk, epoch) -> {
          Disk current = now.get(disk.name());
          if (current == null || current.bitmap(epoch.text()).isPresent()) {
            remove(current == null ? disk : current, epoch.text(), troubles);
          }
        });
    return troubles;
  }

  private Map<String, Disk> lookUp(List<String> troubles) {
    Map<String, Disk> disks = new HashMap<>();
    if (!fresh.isEmpty()) {
      try {
        machine.disks().forEach(disk -> disks.put(disk.name(), disk));
      } catch (IOException e) {
        troubles.add("cannot look for bitmaps: " + e.getMessage());
      }
    }
    return disks;
  }

  private void remove(Disk disk, String bitmap, List<String> troubles) {
    try {
      machine.removeBitmap(disk, bitmap);
    } catch (IOException e) {
      troubles.add(
          "cannot remove bitmap "
              + bitmap
              + " of "
              + disk.name()
              + ", the next backup will try again: "
              + e.getMessage());
    }
  }
}
