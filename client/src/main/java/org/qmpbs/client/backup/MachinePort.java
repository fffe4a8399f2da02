package org.qmpbs.client.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qmpbs.machine.BitmapRoom;
import org.qmpbs.machine.CopyListener;
import org.qmpbs.machine.Disk;
import org.qmpbs.machine.DiskRequest;
import org.qmpbs.machine.DiskView;
import org.qmpbs.machine.GuestWrites;
import org.qmpbs.machine.MachineInstant;
import org.qmpbs.machine.Quiesce;
import org.qmpbs.machine.ScratchFiles;
import org.qmpbs.machine.SkippedDrive;
import org.qmpbs.machine.Strategy;

/** A running machine as a backup needs it; {@link QemuMachine} is the real one. */
interface MachinePort extends AutoCloseable {
  /** Who it is. */
  Identity identity() throws IOException;

  /** Its writable disks, looked up now. */
  List<Disk> disks() throws IOException;

  /** Drives without anything to back up, looked up now. */
  List<SkippedDrive> skipped() throws IOException;

  /** How a point in time of these disks is taken. */
  Strategy strategy(List<Disk> disks) throws IOException;

  /** How it is taken where writes to scratch files may stall. */
  Strategy timedStrategy(List<Disk> disks) throws IOException;

  /** What QEMU has counted of the writes of these disks, by their names. Any thread may ask. */
  Map<String, GuestWrites> guestWrites(List<Disk> disks) throws IOException;

  /** Throws if a backup of these disks could do harm. */
  void requireSafe(List<Disk> disks) throws IOException;

  /** Room for the bitmaps of these disks, by their names, for those that store bitmaps. */
  Map<String, BitmapRoom> bitmapRooms(List<Disk> disks) throws IOException;

  /** Files of the backing images of these disks, by their names, for those that have any. */
  Map<String, List<String>> backingFiles(List<Disk> disks) throws IOException;

  /** What earlier runs left in QEMU, or empty. */
  Optional<Remains> remains() throws IOException;

  /** Takes one point in time of all disks. */
  MachineInstant takeInstant(
      Strategy strategy,
      RunId run,
      List<DiskRequest> requests,
      ScratchFiles scratch,
      Path socket,
      Path state,
      CopyListener listener,
      Quiesce quiesce)
      throws IOException;

  /** Opens a disk of an instant for reading. */
  DiskSource open(MachineInstant instant, DiskView view) throws IOException;

  /** Removes a bitmap. */
  void removeBitmap(Disk disk, String name) throws IOException;

  /** Ends the monitor connection. Idempotent. */
  @Override
  void close() throws IOException;

  /**
   * A machine's names.
   *
   * @param uuid empty if it has none
   * @param name empty if it has none
   * @param qemuVersion of the running QEMU
   */
  record Identity(String uuid, String name, String qemuVersion) {}

  /** Nodes, jobs and exports of runs that are not this one. */
  interface Remains {
    /** For people. */
    String description();

    /** Scratch files that are in use by them. */
    List<Path> scratchFiles();

    /** As {@link MachinePort#requireSafe} will be when they are gone. */
    void requireSafeWithout(List<Disk> disks) throws IOException;

    /** Takes them apart. */
    void sweep() throws IOException;
  }

  /** Finds a machine by its monitor. */
  @FunctionalInterface
  interface Connector {
    /** Connects. */
    MachinePort connect(Path monitor) throws IOException;
  }
}
