package org.qmpbs.machine;

import java.nio.file.Path;

/** {@link TwoDisks} with each disk in an iothread of its own. */
final class IothreadDisks {
  private IothreadDisks() {}

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
        "-object",
        "iothread,id=io0",
        "-object",
        "iothread,id=io1",
        "-blockdev",
        "qcow2,node-name=n0,file.driver=file,file.filename=@/a.qcow2",
        "-device",
        "virtio-blk-pci,id=vd0,drive=n0,iothread=io0",
        "-drive",
        "if=none,id=drv1,file=@/b.raw,format=raw",
        "-device",
        "virtio-scsi-pci,id=scsi0,iothread=io1",
        "-device",
        "scsi-hd,id=sd0,drive=drv1");
  }
}
