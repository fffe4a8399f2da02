package org.qmpbs.client.backup;

import java.util.Optional;
import org.qmpbs.client.output.Sizes;
import org.qmpbs.machine.BitmapRoom;
import org.qmpbs.machine.Disk;
import org.qmpbs.qcow2.bitmap.ShellWord;

/** What is said about a disk whose bitmaps may find no room when QEMU ends. */
public final class RoomAdvice {
  private RoomAdvice() {}

  /** Cause, consequence and remedy in one line, or empty if there is room or nobody knows. */
  public static Optional<String> shortage(Disk disk, BitmapRoom room) {
    if (!room.lacksForNext()) {
      return Optional.empty();
    }
    String numbers =
        "disk "
            + disk.name()
            + ": "
            + room.place()
            + " has "
            + Sizes.format(room.available().orElse(0))
            + " left, storing the bitmaps when QEMU ends may take ";
    if (room.lacksForStored()) {
      return Optional.of(
          numbers
              + Sizes.format(room.stored())
              + ", and QEMU loses all of them if it cannot; free room there, or remove bitmaps that"
              + " nobody needs: qmpbs bitmap --remove --qmp SOCKET --node "
              + ShellWord.of(disk.formatNode())
              + " BITMAP. The next bitmap is kept in memory only, so that after a restart of QEMU the"
              + " disk is read completely");
    }
    return Optional.of(
        numbers
            + Sizes.format(room.next())
            + " with one more and "
            + Sizes.format(room.margin())
            + " should remain; the next bitmap is kept in memory only, so that after a restart of"
            + " QEMU the disk is read completely. Free room there to have it stored again");
  }
}
