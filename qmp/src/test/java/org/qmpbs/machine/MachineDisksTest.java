package org.qmpbs.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.qmp.NotAMonitorException;
import org.qmpbs.qmp.QmpBusyException;
import org.qmpbs.qmp.QmpClient;

class MachineDisksTest {
  @TempDir Path directory;

  @BeforeEach
  void makeImages() throws Exception {
    Qemu.image(directory.resolve("a.qcow2"), "qcow2", "64M");
    Qemu.image(directory.resolve("b.raw"), "raw", "32M");
    Qemu.image(directory.resolve("old.qcow2"), "qcow2", "16M", "-o", "compat=0.10");
  }

  @Test
  void blockdevDisksAreCalledByTheirDevicesIds() throws Exception {
    try (Qemu qemu =
            Qemu.start(
                directory,
                "-machine",
                "q35",
                "-blockdev",
                "qcow2,node-name=n0,file.driver=file,file.filename=@/a.qcow2",
                "-device",
                "virtio-blk-pci,id=vd0,drive=n0",
                "-blockdev",
                "raw,node-name=n1,file.driver=file,file.filename=@/b.raw",
                "-device",
                "virtio-scsi-pci,id=scsi0",
                "-device",
                "scsi-hd,id=sd0,drive=n1",
                "-blockdev",
                "qcow2,node-name=n2,file.driver=file,file.filename=@/old.qcow2",
                "-device",
                "ide-hd,id=hd0,drive=n2,bus=ide.0");
        Machine machine = qemu.connect()) {
      assertThat(machine.disks())
          .containsExactlyInAnyOrder(
              disk(
                  "vd0",
                  "/machine/peripheral/vd0/virtio-backend",
                  "",
                  "n0",
                  "qcow2",
                  "a.qcow2",
                  64,
                  true),
              disk("sd0", "/machine/peripheral/sd0", "", "n1", "raw", "b.raw", 32, false),
              disk("hd0", "/machine/peripheral/hd0", "", "n2", "qcow2", "old.qcow2", 16, false));
      assertThat(machine.skipped()).isEmpty();
    }
  }

  private Disk disk(
      String name,
      String path,
      String device,
      String node,
      String format,
      String file,
      long mebibytes,
      boolean persistent) {
    return new Disk(
        name,
        path,
        device,
        node,
        node,
        format,
        directory.resolve(file).toString(),
        mebibytes << 20,
        persistent,
        List.of());
  }

  @Test
  void legacyDrivesWithoutIdsHaveTheNamesOfTheirDrives() throws Exception {
    try (Qemu qemu =
            Qemu.start(
                directory,
                "-machine",
                "pc",
                "-drive",
                "file=@/a.qcow2,format=qcow2,if=virtio",
                "-drive",
                "file=@/b.raw,format=raw,if=ide",
                "-drive",
                "file=@/old.qcow2,format=qcow2,if=none,id=drv0",
                "-device",
                "virtio-blk-pci,drive=drv0");
        Machine machine = qemu.connect()) {
      assertThat(machine.disks())
          .extracting(Disk::name)
          .containsExactlyInAnyOrder("virtio0", "ide0-hd0", "drv0");
      assertThat(machine.disks())
          .allSatisfy(disk -> assertThat(disk.qdevPath()).startsWith("/machine/"));
    }
  }

  @Test
  void anonymousBlockdevDisksHaveTheNamesOfTheirNodes() throws Exception {
    try (Qemu qemu =
            Qemu.start(
                directory,
                "-machine",
                "q35",
                "-blockdev",
                "qcow2,node-name=n0,file.driver=file,file.filename=@/a.qcow2",
                "-device",
                "virtio-blk-pci,drive=n0");
        Machine machine = qemu.connect()) {
      assertThat(machine.disks()).extracting(Disk::name).containsExactly("n0");
    }
  }

  @Test
  void bitmapsBelongToTheNodeUnderTheFilters() throws Exception {
    try (Qemu qemu =
            Qemu.start(
                directory,
                "-machine",
                "q35",
                "-object",
                "throttle-group,id=tg0,x-iops-total=1000",
                "-blockdev",
                "qcow2,node-name=n0,file.driver=file,file.filename=@/a.qcow2",
                "-blockdev",
                "throttle,node-name=t0,throttle-group=tg0,file=n0",
                "-device",
                "virtio-blk-pci,id=vd0,drive=t0");
        Machine machine = qemu.connect()) {
      Disk disk = machine.disks().get(0);
      assertThat(disk.rootNode()).isEqualTo("t0");
      assertThat(disk.formatNode()).isEqualTo("n0");
      machine.addBitmap(disk, "qmpbs:0:1:2");
      assertThat(machine.disks().get(0).bitmaps())
          .containsExactly(new Bitmap("qmpbs:0:1:2", true, true, false, false, 4 << 20, 0));
      machine.removeBitmap(disk, "qmpbs:0:1:2");
      machine.removeBitmap(disk, "qmpbs:0:1:2");
      assertThat(machine.disks().get(0).bitmaps()).isEmpty();
      assertThat(machine.leftovers().isEmpty()).isTrue();
    }
  }

  @Test
  void emptyDrivesAndReadOnlyMediaAreNamedAsSkipped() throws Exception {
    Files.write(directory.resolve("cd.iso"), new byte[1 << 20]);
    try (Qemu qemu =
            Qemu.start(
                directory,
                "-machine",
                "pc",
                "-drive",
                "if=ide,media=cdrom,index=2,file=@/cd.iso,format=raw",
                "-device",
                "virtio-scsi-pci,id=scsi0",
                "-device",
                "scsi-cd,id=empty0",
                "-drive",
                "if=none,id=ro,file=@/a.qcow2,format=qcow2,readonly=on",
                "-device",
                "virtio-blk-pci,drive=ro,id=vd9");
        Machine machine = qemu.connect()) {
      assertThat(machine.disks()).isEmpty();
      assertThat(machine.skipped())
          .containsExactlyInAnyOrder(
              new SkippedDrive("ide1-cd0", SkippedDrive.Reason.READ_ONLY),
              new SkippedDrive("empty0", SkippedDrive.Reason.EMPTY),
              new SkippedDrive("vd9", SkippedDrive.Reason.READ_ONLY));
    }
  }

  @Test
  void twoDisksOfOneNameAreRefusedWithTheAdviceToGiveIds() throws Exception {
    try (Qemu qemu =
            Qemu.start(
                directory,
                "-machine",
                "q35",
                "-drive",
                "if=none,id=x,file=@/a.qcow2,format=qcow2",
                "-device",
                "virtio-blk-pci,drive=x",
                "-blockdev",
                "raw,node-name=n1,file.driver=file,file.filename=@/b.raw",
                "-device",
                "virtio-blk-pci,id=x,drive=n1");
        Machine machine = qemu.connect()) {
      assertThatThrownBy(machine::disks)
          .isInstanceOf(UnsafeMachineException.class)
          .hasMessageContaining("both called x");
    }
  }

  @Test
  void theMachineTellsWhoItIsAndWhatItCan() throws Exception {
    try (Qemu qemu =
            Qemu.start(
                directory,
                "-machine",
                "q35",
                "-name",
                "web",
                "-uuid",
                "7d3a1c1e-0000-4000-8000-000000000001",
                "-S");
        Machine machine = qemu.connect()) {
      assertThat(machine.info().name()).isEqualTo("web");
      assertThat(machine.info().uuid()).isEqualTo("7d3a1c1e-0000-4000-8000-000000000001");
      assertThat(machine.info().status()).isEqualTo("prelaunch");
      assertThat(machine.capabilities().snapshotAccess()).isTrue();
      boolean jobs = machine.info().version().atLeast(10, 1, 0);
      assertThat(machine.strategy())
          .isEqualTo(jobs ? Strategy.JOB_FILTER : Strategy.OVERLAY_WITH_PROBE);
    }
  }

  @Test
  void aMonitorInUseAndAHumanMonitorAreToldApart() throws Exception {
    try (Qemu qemu =
            Qemu.start(directory, "-machine", "q35", "-monitor", "unix:@/hmp,server=on,wait=off");
        Machine first = qemu.connect()) {
      assertThat(first.disks()).isEmpty();
      assertThatThrownBy(
              () -> QmpClient.connect(qemu.monitor, Duration.ofMillis(500), Qemu.TIMEOUT))
          .isInstanceOf(QmpBusyException.class);
      assertThatThrownBy(() -> Machine.connect(directory.resolve("hmp"), Qemu.TIMEOUT))
          .isInstanceOf(NotAMonitorException.class);
    }
  }
}
