package org.qmpbs.machine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The machine that most tests use: a qcow2 disk on virtio-blk and a legacy raw one on scsi. */
final class TwoDisks {
  static final String RUN = "0badcafe";
  static final int MIB = 1 << 20;
  static final String VD0 = "/machine/peripheral/vd0/virtio-backend";

  private TwoDisks() {}

  static Qemu start(Path directory) throws Exception {
    Qemu.image(directory.resolve("a.qcow2"), "qcow2", "16M");
    Qemu.image(directory.resolve("b.raw"), "raw", "12M");
    return startAgain(directory);
  }

  /** On the images that are there. */
  static Qemu startAgain(Path directory) throws Exception {
    return Qemu.start(
        directory,
        "-machine",
        "q35",
        "-blockdev",
        "qcow2,node-name=n0,file.driver=file,file.filename=@/a.qcow2",
        "-device",
        "virtio-blk-pci,id=vd0,drive=n0",
        "-drive",
        "if=none,id=drv1,file=@/b.raw,format=raw",
        "-device",
        "virtio-scsi-pci,id=scsi0",
        "-device",
        "scsi-hd,id=sd0,drive=drv1");
  }

  static List<DiskRequest> requests(Machine machine, String newBitmap, String trusted)
      throws IOException {
    List<DiskRequest> requests = new ArrayList<>();
    for (Disk disk : machine.disks()) {
      requests.add(new DiskRequest(disk, newBitmap, true, trusted));
    }
    return requests;
  }

  static MachineInstant take(Qemu qemu, Machine machine, String newBitmap, String trusted)
      throws IOException {
    return take(qemu, machine, newBitmap, trusted, qemu.scratch());
  }

  static MachineInstant take(
      Qemu qemu, Machine machine, String newBitmap, String trusted, ScratchFiles scratch)
      throws IOException {
    return machine.takeInstant(
        RUN,
        requests(machine, newBitmap, trusted),
        scratch,
        qemu.directory.resolve("nbd"),
        qemu.directory);
  }

  static int index(MachineInstant instant, String disk) {
    return instant.disks().stream().map(view -> view.disk().name()).toList().indexOf(disk);
  }
}
