package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qmpbs.machine.BitmapRoom;
import org.qmpbs.machine.Disk;

/**
 * Which disks get a bitmap that QEMU stores in the image when it ends, and which one that lasts as
 * long as QEMU: those whose format stores none, those whose backing files could change unseen while
 * QEMU is off, and those whose image has no room for another one. A bitmap that cannot be stored
 * would take the others of its image with it, and on a full volume QEMU has to write to the end of
 * what it has.
 */
final class BitmapStorage {
  private final List<Disk> disks;
  private final Map<String, BitmapRoom> rooms;
  private final BackingFiles backing;

  private BitmapStorage(List<Disk> disks, Map<String, BitmapRoom> rooms, BackingFiles backing) {
    this.disks = disks;
    this.rooms = rooms;
    this.backing = backing;
  }

  /**
   * Looks at the room as it is now, of all disks: those that are not backed up take theirs from the
   * same file systems when QEMU ends.
   */
  static BitmapStorage at(MachinePort machine, List<Disk> disks, BackingFiles backing)
      throws IOException {
    return new BitmapStorage(disks, machine.bitmapRooms(machine.disks()), backing);
  }

  /** Whether the next bitmap of this disk is to be stored. */
  boolean stores(Disk disk) {
    BitmapRoom room = rooms.get(disk.name());
    return disk.persistentBitmaps()
        && backing.of(disk).watched()
        && (room == null || !room.lacksForNext());
  }

  /** What a person should know, one line each. */
  List<String> warnings() {
    return disks.stream()
        .map(
            disk ->
                Optional.ofNullable(rooms.get(disk.name()))
                    .flatMap(room -> RoomAdvice.shortage(disk, room)))
        .flatMap(Optional::stream)
        .toList();
  }
}
