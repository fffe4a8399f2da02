package org.qmpbs.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.qmp.QemuVersion;

/** Each refusal comes before anything is touched. */
class SafetyCheckTest {
  @TempDir Path directory;

  /** Takes an instant, expects the refusal, and that QEMU's state is the same as before. */
  private static void refused(Qemu qemu, Machine machine, String reason) throws Exception {
    String before = state(qemu);
    assertThatThrownBy(() -> TwoDisks.take(qemu, machine, "qmpbs:t:1:n", null))
        .isInstanceOf(UnsafeMachineException.class)
        .hasMessageContaining(reason)
        .satisfies(e -> assertThat(((UnsafeMachineException) e).remedy()).isNotEmpty());
    assertThat(state(qemu)).isEqualTo(before);
  }

  private static String state(Qemu qemu) throws IOException {
    StringBuilder state = new StringBuilder(qemu.status());
    for (JsonNode node : qemu.tell("query-named-block-nodes", Json.object().put("flat", true))) {
      state.append(node.path("node-name")).append(node.path("drv"));
      node.path("dirty-bitmaps").forEach(bitmap -> state.append(bitmap.path("name")));
    }
    qemu.ask("query-block-exports").forEach(export -> state.append(export.path("id")));
    qemu.ask("query-jobs").forEach(job -> state.append(job.path("id")));
    return state.toString();
  }

  private static void withNode(Qemu qemu, String file, String node) throws Exception {
    ObjectNode arguments = Json.object("driver", "raw").put("node-name", node);
    arguments.set("file", Json.object("driver", "file").put("filename", file));
    qemu.tell("blockdev-add", arguments);
  }

  @Test
  void aUsersJobOnADiskIsNotDisturbed() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory);
        Machine machine = qemu.connect()) {
      qemu.guestWrites(TwoDisks.VD0, 1, "0 1M");
      withNode(qemu, Qemu.image(directory.resolve("m.raw"), "raw", "16M").toString(), "mirror0");
      qemu.tell(
          "blockdev-mirror",
          Json.object("job-id", "user0")
              .put("device", "n0")
              .put("target", "mirror0")
              .put("sync", "full"));
      refused(qemu, machine, "user0");
    }
  }

  @Test
  void aJobOnADiskThatIsNotChosenIsNoReasonToRefuse() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory);
        Machine machine = qemu.connect()) {
      withNode(qemu, Qemu.image(directory.resolve("m.raw"), "raw", "16M").toString(), "mirror0");
      qemu.tell(
          "blockdev-mirror",
          Json.object("job-id", "user0")
              .put("device", "n0")
              .put("target", "mirror0")
              .put("sync", "full"));
      Disk other =
          machine.disks().stream().filter(disk -> disk.name().equals("sd0")).findFirst().get();
      machine.requireSafe(List.of(other));
      try (MachineInstant instant =
          machine.takeInstant(
              TwoDisks.RUN,
              List.of(new DiskRequest(other, "qmpbs:t:1:n", true, null)),
              qemu.scratch(),
              directory.resolve("nbd"),
              directory)) {
        instant.verify();
      }
      assertThat(qemu.ask("query-jobs").get(0).path("id").asText()).isEqualTo("user0");
      assertThat(qemu.ours().isEmpty()).isTrue();
    }
  }

  private static void startServer(Qemu qemu) throws IOException {
    ObjectNode address = Json.object("type", "unix");
    address.set("data", Json.object("path", qemu.directory.resolve("foreign").toString()));
    ObjectNode arguments = Json.object();
    arguments.set("addr", address);
    qemu.tell("nbd-server-start", arguments);
  }

  @Test
  void whatADeadRunLeftHidesNoOtherReason() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory)) {
      try (Machine dead = qemu.connect()) {
        TwoDisks.take(qemu, dead, "qmpbs:t:1:n", null);
      }
      try (Machine machine = qemu.connect()) {
        List<Disk> disks = machine.disks();
        Leftovers left = machine.leftovers();
        assertThatThrownBy(() -> machine.requireSafe(disks))
            .isInstanceOf(UnsafeMachineException.class)
            .hasMessageContaining("runs [" + TwoDisks.RUN);
        machine.requireSafeWithout(left, disks);
        qemu.tell(
            "block-export-add",
            Json.object("type", "nbd").put("id", "user").put("node-name", "n0").put("name", "u"));
        assertThatThrownBy(() -> machine.requireSafeWithout(left, disks))
            .isInstanceOf(UnsafeMachineException.class)
            .hasMessageContaining("export user");
      }
    }
  }

  @Test
  void aForeignNbdExportIsNotDisturbed() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory);
        Machine machine = qemu.connect()) {
      startServer(qemu);
      qemu.tell(
          "block-export-add",
          Json.object("type", "nbd").put("id", "theirs").put("node-name", "n0"));
      refused(qemu, machine, "theirs");
    }
  }

  @Test
  void aForeignNbdServerWithoutExportsGoesOnRunning() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory);
        Machine machine = qemu.connect()) {
      startServer(qemu);
      refused(qemu, machine, "NBD server");
      assertThatThrownBy(() -> startServer(qemu)).hasMessageContaining("already running");
    }
  }

  @Test
  void aForeignNbdServerGoesOnRunningWhenWeGiveUpBeforeWeHaveOne() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory);
        Machine machine = qemu.connect()) {
      startServer(qemu);
      ScratchFiles files = qemu.scratch();
      assertThatThrownBy(
              () ->
                  TwoDisks.take(
                      qemu,
                      machine,
                      "qmpbs:t:1:n",
                      null,
                      (name, size) ->
                          name.endsWith("-s1")
                              ? directory.resolve("missing")
                              : files.create(name, size)))
          .hasMessageContaining("cannot use the scratch file");
      assertThat(qemu.ours().isEmpty()).isTrue();
      assertThatThrownBy(() -> startServer(qemu)).hasMessageContaining("already running");
    }
  }

  @Test
  void theRemainsOfAnotherRunAreNotBuiltUpon() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory);
        Machine machine = qemu.connect()) {
      String file = Qemu.image(directory.resolve("m.raw"), "raw", "16M").toString();
      withNode(qemu, file, "qmpbs-00000001-s0");
      refused(qemu, machine, "00000001");
    }
  }

  @Test
  void aForeignFilterOnADiskIsNotBuiltUpon() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory);
        Machine machine = qemu.connect()) {
      String file = Qemu.image(directory.resolve("m.raw"), "raw", "16M").toString();
      withNode(qemu, file, "target0");
      qemu.tell(
          "blockdev-add",
          Json.object("driver", "copy-before-write")
              .put("node-name", "cbw0")
              .put("file", "n0")
              .put("target", "target0"));
      qemu.tell(
          "qom-set",
          Json.object("path", TwoDisks.VD0).put("property", "drive").put("value", "cbw0"));
      refused(qemu, machine, "copy-before-write");
    }
  }

  @Test
  void disksInIothreadsAreCopiedExactlyWhereAnExportWouldAbortQemu() throws Exception {
    Qemu.image(directory.resolve("a.qcow2"), "qcow2", "16M");
    Qemu.image(directory.resolve("b.raw"), "raw", "12M");
    for (String[] devices :
        new String[][] {
          {"virtio-blk-pci,id=vd0,drive=n0,iothread=io0", "virtio-scsi-pci,id=scsi0"},
          {"virtio-scsi-pci,id=scsi0,iothread=io0", "scsi-hd,id=vd0,drive=n0"}
        }) {
      try (Qemu qemu =
              Qemu.start(
                  directory,
                  "-machine",
                  "q35",
                  "-object",
                  "iothread,id=io0",
                  "-blockdev",
                  "qcow2,node-name=n0,file.driver=file,file.filename=@/a.qcow2",
                  "-device",
                  devices[0],
                  "-device",
                  devices[1]);
          Machine machine = qemu.connect()) {
        assertThat(machine.strategy().equals(Strategy.COPY_TO_SCRATCH))
            .isNotEqualTo(IothreadRule.isSafe(machine.info().version()));
        machine.requireSafe(machine.disks());
        String bitmap = "qmpbs:t:" + devices[0].length() + ":n";
        try (MachineInstant instant = TwoDisks.take(qemu, machine, bitmap, null)) {
          assertThat(Reads.all(instant, 0)).isEqualTo(Reads.expected(16 << 20));
          instant.verify();
        }
        assertThat(qemu.ours().isEmpty()).isTrue();
        qemu.quit();
      }
    }
  }

  @Test
  void aDiskWithoutIothreadIsTakenAlthoughTheMachineHasOne() throws Exception {
    Qemu.image(directory.resolve("a.qcow2"), "qcow2", "16M");
    try (Qemu qemu =
            Qemu.start(
                directory,
                "-machine",
                "q35",
                "-object",
                "iothread,id=io0",
                "-blockdev",
                "qcow2,node-name=n0,file.driver=file,file.filename=@/a.qcow2",
                "-device",
                "virtio-scsi-pci,id=scsi0",
                "-device",
                "scsi-hd,id=sd0,drive=n0");
        Machine machine = qemu.connect()) {
      machine.requireSafe(machine.disks());
    }
  }

  @Test
  void aMachineWhoseDisksBelongToAnotherQemuIsLeftAlone() throws Exception {
    try (Qemu qemu = Qemu.start(directory, "-machine", "q35", "-incoming", "defer");
        Machine machine = qemu.connect()) {
      assertThatThrownBy(() -> machine.requireSafe(List.of()))
          .isInstanceOf(UnsafeMachineException.class)
          .hasMessageContaining("inmigrate");
    }
  }

  @Test
  void anImageOnTwoDevicesIsNotTouched() throws Exception {
    Qemu.image(directory.resolve("a.qcow2"), "qcow2", "16M");
    try (Qemu qemu =
            Qemu.start(
                directory,
                "-machine",
                "q35",
                "-blockdev",
                "qcow2,node-name=n0,file.driver=file,file.filename=@/a.qcow2",
                "-device",
                "virtio-blk-pci,id=vd0,drive=n0,share-rw=on",
                "-device",
                "virtio-blk-pci,id=vd1,drive=n0,share-rw=on");
        Machine machine = qemu.connect()) {
      refused(qemu, machine, "used by 2 drives");
    }
  }

  @Test
  void versionsAreSafeWithIothreadsFromTheFixOn() {
    for (int[] bad : new int[][] {{7, 2, 22}, {8, 1, 9}, {8, 2, 2}, {6, 0, 0}}) {
      assertThat(IothreadRule.isSafe(new QemuVersion(bad[0], bad[1], bad[2], ""))).isFalse();
    }
    for (int[] good : new int[][] {{8, 2, 3}, {8, 2, 10}, {9, 0, 0}, {10, 0, 13}, {11, 1, 3}}) {
      assertThat(IothreadRule.isSafe(new QemuVersion(good[0], good[1], good[2], ""))).isTrue();
    }
  }
}
