package org.qmpbs.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes QEMU's command line. */
final class MachineArguments {
  private final List<String> line = new ArrayList<>();
  private boolean scsiController;

  MachineArguments(Path productSocket, Path testSocket) {
    add(Qemu.program("qemu-system-x86_64"), "-nodefaults", "-display", "none", "-machine", "pc");
    // Stopped until the test's monitor and console are connected: nothing of the start is missed.
    add("-accel", "tcg", "-S");
    add("-qmp", "unix:" + productSocket + ",server=on,wait=off");
    add("-qmp", "unix:" + testSocket + ",server=on,wait=off");
  }

  /** A guest that does nothing: the test writes in its place. */
  void idleGuest() {
    add("-m", "32");
  }

  void linuxGuest(Path kernel, Path initrd, Path consoleSocket) {
    add("-cpu", "max", "-m", "256", "-kernel", kernel.toString(), "-initrd", initrd.toString());
    add("-append", "console=ttyS0 quiet panic=-1");
    add("-chardev", "socket,id=console,path=" + consoleSocket + ",server=on,wait=off");
    add("-serial", "chardev:console");
  }

  /** A port for the guest's agent, whether one runs or not. */
  void agentPort(Path socket) {
    add("-device", "virtio-serial-pci");
    add("-chardev", "socket,id=agent,path=" + socket + ",server=on,wait=off");
    add("-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0");
  }

  void disk(DiskPlan plan, Path image) {
    String label = plan.label();
    String format = plan.format().driver();
    switch (plan.attachment()) {
      case BLOCKDEV, BLOCKDEV_WITHOUT_ID -> {
        add(
            "-blockdev",
            "driver=%s,node-name=node-%s,file.driver=%s,file.filename=%s,discard=unmap"
                .formatted(
                    format, label, Files.isRegularFile(image) ? "file" : "host_device", image));
        device(plan, "node-" + label, plan.attachment() == Attachment.BLOCKDEV);
      }
      case DRIVE, DRIVE_WITHOUT_DEVICE_ID -> {
        add("-drive", "if=none,id=drive-%s,file=%s,format=%s".formatted(label, image, format));
        device(plan, "drive-" + label, plan.attachment() == Attachment.DRIVE);
      }
      case SHORT_DRIVE ->
          add(
              "-drive",
              "if=%s,file=%s,format=%s".formatted(plan.bus().legacyInterface(), image, format));
    }
  }

  private void device(DiskPlan plan, String drive, boolean withId) {
    if (plan.bus() == Bus.SCSI && !scsiController) {
      add("-device", "virtio-scsi-pci,id=scsi0");
      scsiController = true;
    }
    String device = plan.bus().device() + ",drive=" + drive;
    if (withId) {
      device += ",id=" + plan.label();
    }
    if (plan.iothread()) {
      add("-object", "iothread,id=io-" + plan.label());
      device += ",iothread=io-" + plan.label();
    }
    add("-device", device);
  }

  private void add(String... arguments) {
    line.addAll(List.of(arguments));
  }

  List<String> list() {
    return List.copyOf(line);
  }
}
