package org.qmpbs.client.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qmpbs.machine.BitmapRoom;
import org.qmpbs.machine.CopyListener;
import org.qmpbs.machine.Disk;
import org.qmpbs.machine.DiskRequest;
import org.qmpbs.machine.DiskView;
import org.qmpbs.machine.GuestWrites;
import org.qmpbs.machine.Leftovers;
import org.qmpbs.machine.Machine;
import org.qmpbs.machine.MachineInfo;
import org.qmpbs.machine.MachineInstant;
import org.qmpbs.machine.Quiesce;
import org.qmpbs.machine.ScratchFiles;
import org.qmpbs.machine.SkippedDrive;
import org.qmpbs.machine.Strategy;

/** A machine of this host, through its monitor and its NBD server. */
final class QemuMachine implements MachinePort {
  /** A command is answered in milliseconds, but a busy host may take its time to end a job. */
  private static final Duration OPERATION = Duration.ofMinutes(1);

  private final Machine machine;

  private QemuMachine(Machine machine) {
    this.machine = machine;
  }

  static MachinePort connect(Path monitor) throws IOException {
    return new QemuMachine(Machine.connect(monitor, OPERATION));
  }

  @Override
  public Identity identity() {
    MachineInfo info = machine.info();
    String uuid = info.uuid();
    String name = info.name();
    return new Identity(
        uuid == null ? "" : uuid, name == null ? "" : name, info.version().toString());
  }

  @Override
  public List<Disk> disks() throws IOException {
    return machine.disks();
  }

  @Override
  public List<SkippedDrive> skipped() throws IOException {
    return machine.skipped();
  }

  @Override
  public Strategy strategy(List<Disk> disks) throws IOException {
    return machine.strategy(disks);
  }

  @Override
  public Strategy timedStrategy(List<Disk> disks) throws IOException {
    return machine.timedStrategy(disks);
  }

  @Override
  public Map<String, GuestWrites> guestWrites(List<Disk> disks) throws IOException {
    return machine.guestWrites(disks);
  }

  @Override
  public void requireSafe(List<Disk> disks) throws IOException {
    machine.requireSafe(disks);
  }

  @Override
  public Map<String, BitmapRoom> bitmapRooms(List<Disk> disks) throws IOException {
    return machine.bitmapRooms(disks);
  }

  @Override
  public Map<String, List<String>> backingFiles(List<Disk> disks) throws IOException {
    return machine.backingFiles(disks);
  }

  @Override
  public Optional<Remains> remains() throws IOException {
    Leftovers leftovers = machine.leftovers();
    return leftovers.isEmpty() ? Optional.empty() : Optional.of(new QemuRemains(leftovers));
  }

  @Override
  public MachineInstant takeInstant(
      Strategy strategy,
      RunId run,
      List<DiskRequest> requests,
      ScratchFiles scratch,
      Path socket,
      Path state,
      CopyListener listener,
      Quiesce quiesce)
      throws IOException {
    return machine.takeInstant(
        strategy, run.text(), requests, scratch, socket, state, listener, quiesce);
  }

  @Override
  public DiskSource open(MachineInstant instant, DiskView view) throws IOException {
    return NbdDiskSource.connect(instant.nbdSocket(), view.exportName());
  }

  @Override
  public void removeBitmap(Disk disk, String name) throws IOException {
    machine.removeBitmap(disk, name);
  }

  @Override
  public void close() throws IOException {
    machine.close();
  }

  /** For people. */
  static String describe(Leftovers leftovers) {
    return leftovers.exports().size()
        + " exports, "
        + leftovers.jobs().size()
        + " jobs and "
        + leftovers.nodes().size()
        + " nodes of run "
        + String.join(", ", leftovers.runs());
  }

  private final class QemuRemains implements Remains {
    private final Leftovers leftovers;

    QemuRemains(Leftovers leftovers) {
      this.leftovers = leftovers;
    }

    @Override
    public String description() {
      return describe(leftovers);
    }

    @Override
    public List<Path> scratchFiles() {
      return leftovers.scratchFiles();
    }

    @Override
    public void requireSafeWithout(List<Disk> disks) throws IOException {
      machine.requireSafeWithout(leftovers, disks);
    }

    @Override
    public void sweep() throws IOException {
      machine.sweep(leftovers);
    }
  }
}
