package org.qmpbs.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.qmpbs.machine.TwoDisks.MIB;
import static org.qmpbs.machine.TwoDisks.RUN;
import static org.qmpbs.machine.TwoDisks.VD0;
import static org.qmpbs.machine.TwoDisks.index;
import static org.qmpbs.machine.TwoDisks.take;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.nbd.Extent;
import org.qmpbs.nbd.NbdClient;
import org.qmpbs.qmp.QmpClient;
import org.qmpbs.qmp.QmpCommandException;

class MachineInstantTest {
  @TempDir Path directory;

  @Test
  void readsWhatTheDisksHeldAtTheInstantWhileTheGuestWritesOn() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory);
        Machine machine = qemu.connect()) {
      qemu.guestWrites(VD0, 1, "0 1M");
      qemu.guestWrites("sd0", 2, "8M 4M");
      try (MachineInstant instant = take(qemu, machine, "qmpbs:t:1:n", null)) {
        qemu.guestWrites(VD0, 9, "512k 5M");
        qemu.guestWrites("sd0", 9, "0 12M");
        assertThat(Reads.all(instant, index(instant, "vd0")))
            .isEqualTo(Reads.expected(16 * MIB, new int[] {0, MIB, 1}));
        assertThat(Reads.all(instant, index(instant, "sd0")))
            .isEqualTo(Reads.expected(12 * MIB, new int[] {8 * MIB, 4 * MIB, 2}));
        assertThat(instant.disks()).allSatisfy(view -> assertThat(view.dirty()).isEmpty());
        instant.verify();
        assertThat(qemu.status()).isEqualTo("running");
      }
      assertThat(qemu.ours().isEmpty()).isTrue();
      assertThat(qemu.disks())
          .allSatisfy(
              disk -> {
                Bitmap bitmap = disk.bitmap("qmpbs:t:1:n").orElseThrow();
                assertThat(bitmap.recording()).isTrue();
                assertThat(bitmap.busy()).isFalse();
                assertThat(bitmap.persistent()).isEqualTo(disk.format().equals("qcow2"));
                assertThat(bitmap.dirtyBytes())
                    .isEqualTo(disk.name().equals("vd0") ? 8 * MIB : 12 * MIB);
              });
      qemu.guestWrites(VD0, 5, "0 64k");
      qemu.quit();
      assertThat(qemu.writesThatFailed()).isEmpty();
    }
  }

  @Test
  void theDirtyListHoldsWhatWasWrittenBetweenTheTrustedBitmapAndTheInstant() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory);
        Machine machine = qemu.connect()) {
      for (Disk disk : machine.disks()) {
        machine.addBitmap(disk, "qmpbs:t:1:n");
      }
      qemu.guestWrites(VD0, 1, "5M 64k");
      qemu.guestWrites(VD0, 1, "13M 64k");
      try (MachineInstant instant = take(qemu, machine, "qmpbs:t:2:n", "qmpbs:t:1:n")) {
        qemu.guestWrites(VD0, 9, "1M 64k");
        assertThat(instant.disks().get(index(instant, "vd0")).dirty())
            .contains(
                List.of(
                    new Extent(4 * MIB, 4 * MIB, Extent.DIRTY),
                    new Extent(12 * MIB, 4 * MIB, Extent.DIRTY)));
        assertThat(instant.disks().get(index(instant, "sd0")).dirty()).contains(List.of());
        // Both record: if this backup fails, the trusted one alone holds everything.
        Disk disk =
            qemu.disks().stream().filter(each -> each.name().equals("vd0")).findFirst().get();
        assertThat(disk.bitmap("qmpbs:t:1:n").orElseThrow().dirtyBytes()).isEqualTo(12 * MIB);
        assertThat(disk.bitmap("qmpbs:t:2:n").orElseThrow().dirtyBytes()).isEqualTo(4 * MIB);
        instant.verify();
      }
      assertThat(qemu.ours().isEmpty()).isTrue();
    }
  }

  @Test
  void aResizeDuringTheInstantIsRefusedAndDoesNotKillTheMachine() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory);
        Machine machine = qemu.connect()) {
      for (Disk disk : machine.disks()) {
        machine.addBitmap(disk, "qmpbs:t:1:n");
      }
      try (MachineInstant instant = take(qemu, machine, "qmpbs:t:2:n", "qmpbs:t:1:n")) {
        for (String[] target :
            new String[][] {
              {"node-name", "n0"}, {"device", "drv1"}, {"node-name", "qmpbs-" + RUN + "-c0"}
            }) {
          assertRefused(
              qemu, "block_resize", Json.object(target[0], target[1]).put("size", 32L * MIB));
        }
        assertThat(qemu.status()).isEqualTo("running");
        instant.verify();
      }
      assertThat(qemu.ours().isEmpty()).isTrue();
      qemu.guestWrites(VD0, 3, "0 64k");
      qemu.quit();
      assertThat(qemu.writesThatFailed()).isEmpty();
    }
  }

  /**
   * Through the filter, QEMU would write an image that it never opens again; a job there would work
   * on what is about to go.
   */
  @Test
  void nobodyBuildsOnTheFilterDuringTheInstant() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory);
        Machine machine = qemu.connect()) {
      try (MachineInstant instant = take(qemu, machine, "qmpbs:t:1:n", null)) {
        for (String[] disk : new String[][] {{"device", "drv1"}, {"node-name", "n0"}}) {
          assertRefused(
              qemu,
              "blockdev-snapshot-sync",
              Json.object(disk[0], disk[1])
                  .put("snapshot-file", directory.resolve("overlay.qcow2").toString()));
        }
        for (String disk : List.of("drv1", "n0")) {
          ObjectNode mirror = Json.object("device", disk).put("sync", "full");
          mirror.put("target", directory.resolve("mirror.raw").toString()).put("format", "raw");
          assertRefused(qemu, "drive-mirror", mirror);
          assertRefused(qemu, "block-commit", Json.object("device", disk));
        }
        qemu.guestWrites(VD0, 3, "0 64k");
        instant.verify();
      }
      assertThat(qemu.ours().isEmpty()).isTrue();
      assertThat(qemu.ask("query-jobs")).isEmpty();
      qemu.quit();
      assertThat(qemu.writesThatFailed()).isEmpty();
    }
  }

  private static void assertRefused(Qemu qemu, String command, ObjectNode arguments) {
    assertThatThrownBy(() -> qemu.tell(command, arguments))
        .as("%s %s", command, arguments)
        .isInstanceOf(QmpCommandException.class);
  }

  @Test
  void theEndOfQemuLeavesNothingToDo() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory);
        Machine machine = qemu.connect()) {
      MachineInstant instant = take(qemu, machine, "qmpbs:t:2:n", null);
      qemu.kill();
      assertThatThrownBy(instant::verify).isInstanceOf(IOException.class);
      instant.close();
      instant.close();
    }
  }

  @Test
  void aThrottledDiskAndAFirmwareFlashCanBeTakenToo() throws Exception {
    Qemu.image(directory.resolve("a.qcow2"), "qcow2", "16M");
    Qemu.image(directory.resolve("vars.raw"), "raw", "528k");
    Qemu.image(directory.resolve("code.raw"), "raw", "256k");
    try (Qemu qemu =
            Qemu.start(
                directory,
                "-machine",
                "q35",
                "-S",
                "-drive",
                "if=pflash,unit=0,format=raw,readonly=on,file=@/code.raw",
                "-drive",
                "if=pflash,unit=1,format=raw,file=@/vars.raw",
                "-object",
                "throttle-group,id=tg0,x-iops-total=100000",
                "-blockdev",
                "qcow2,node-name=n0,file.driver=file,file.filename=@/a.qcow2",
                "-blockdev",
                "throttle,node-name=t0,throttle-group=tg0,file=n0",
                "-device",
                "virtio-blk-pci,id=vd0,drive=t0");
        Machine machine = qemu.connect()) {
      qemu.guestWrites(VD0, 1, "0 1M");
      qemu.guestWrites("/machine/system.flash1", 2, "512k 16k");
      try (MachineInstant instant = take(qemu, machine, "qmpbs:t:1:n", null)) {
        qemu.guestWrites(VD0, 9, "0 2M");
        qemu.guestWrites("/machine/system.flash1", 9, "0 528k");
        assertThat(Reads.all(instant, index(instant, "vd0")))
            .isEqualTo(Reads.expected(16 * MIB, new int[] {0, MIB, 1}));
        assertThat(Reads.all(instant, index(instant, "pflash1")))
            .isEqualTo(Reads.expected(528 << 10, new int[] {512 << 10, 16 << 10, 2}));
        instant.verify();
      }
      assertThat(qemu.ours().isEmpty()).isTrue();
      assertThat(qemu.disks()).extracting(Disk::rootNode).contains("t0");
    }
  }

  @Test
  void verifyNoticesThatSomebodyTookTheInstantAway() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory);
        Machine machine = qemu.connect()) {
      try (MachineInstant instant = take(qemu, machine, "qmpbs:t:1:n", null)) {
        instant.verify();
        if (machine.strategy() == Strategy.JOB_FILTER) {
          qemu.tell("job-cancel", Json.object("id", "qmpbs-" + RUN + "-j0"));
        } else {
          qemu.tell("block-export-del", Json.object("id", "qmpbs-" + RUN + "-p0"));
          qemu.tell("blockdev-del", Json.object("node-name", "qmpbs-" + RUN + "-a0"));
          qemu.tell("blockdev-del", Json.object("node-name", "qmpbs-" + RUN + "-g0"));
          Disk disk = instant.disks().get(0).disk();
          qemu.tell(
              "qom-set",
              Json.object("path", disk.qdevPath())
                  .put("property", "drive")
                  .put("value", disk.rootNode()));
        }
        assertThatThrownBy(instant::verify)
            .isInstanceOf(PointInTimeBrokenException.class)
            .hasMessageContaining("is lost: somebody");
      }
      assertThat(qemu.ours().isEmpty()).isTrue();
      assertThat(qemu.status()).isEqualTo("running");
    }
  }

  @Test
  void aReaderThatIsStillConnectedDoesNotHinderTheEnd() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory);
        Machine machine = qemu.connect();
        MachineInstant instant = take(qemu, machine, "qmpbs:t:1:n", null);
        NbdClient reader =
            NbdClient.connect(
                instant.nbdSocket(),
                instant.disks().get(0).exportName(),
                List.of(),
                Qemu.TIMEOUT)) {
      reader.read(0, new byte[4096], 0, 4096);
      instant.close();
      assertThat(qemu.ours().isEmpty()).isTrue();
      assertThatThrownBy(() -> reader.read(0, new byte[4096], 0, 4096))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void theMachineIsStoppedForAMomentOnlyAndOnlyForSeveralDisksOfAnOldQemu() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory)) {
      TimingMonitor monitor =
          new TimingMonitor(
              QmpClient.connect(qemu.monitor, QmpClient.GREETING_DEADLINE, Qemu.TIMEOUT));
      try (Machine machine = new Machine(monitor, qemu.monitor, Qemu.TIMEOUT)) {
        take(qemu, machine, "qmpbs:t:1:n", null).close();
        boolean stops = machine.strategy() == Strategy.OVERLAY_WITH_PROBE;
        assertThat(monitor.stops()).hasSize(stops ? 1 : 0);
        // Milliseconds; the bound is for a loaded host.
        assertThat(monitor.stops())
            .allSatisfy(stop -> assertThat(stop).isLessThan(Duration.ofSeconds(2)));
        System.out.println("the machine was stopped for " + monitor.stops());
        machine
            .takeInstant(
                "0badcaff",
                TwoDisks.requests(machine, "qmpbs:t:2:n", null).subList(0, 1),
                qemu.scratch(),
                directory.resolve("nbd"),
                directory)
            .close();
        assertThat(monitor.stops()).hasSize(stops ? 1 : 0);
      }
      assertThat(qemu.ours().isEmpty()).isTrue();
    }
  }
}
