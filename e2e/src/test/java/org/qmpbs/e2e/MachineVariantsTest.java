package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the machine is made of: every backup of it comes back, and only changes are sent. */
class MachineVariantsTest {
  private static final int MIB = 1 << 20;
  private static final int CHUNK = 4 * MIB;

  /** No multiple of the chunk size: the last chunk is short. */
  private static final long QCOW2_SIZE = 66 * MIB + 3 * 512;

  private static final long RAW_SIZE = 41 * MIB + 512;

  @TempDir static Path serverFolder;
  private static TestServer server;

  @TempDir Path folder;

  @BeforeAll
  static void startServer() {
    server = TestServer.start(serverFolder);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  static Stream<Arguments> machines() {
    DiskPlan qcow2 = DiskPlan.of("alpha", ImageFormat.QCOW2, QCOW2_SIZE);
    DiskPlan raw = DiskPlan.of("beta", ImageFormat.RAW, RAW_SIZE);
    return Stream.of(
        machine("blockdev, ids", qcow2, raw.on(Bus.SCSI), Attachment.BLOCKDEV),
        machine("blockdev, no ids", qcow2.on(Bus.SCSI), raw, Attachment.BLOCKDEV_WITHOUT_ID),
        machine("drive, ids", qcow2.on(Bus.SCSI), raw, Attachment.DRIVE),
        machine("drive, no ids", qcow2, raw.on(Bus.SCSI), Attachment.DRIVE_WITHOUT_DEVICE_ID),
        machine("drive alone", qcow2, raw.on(Bus.IDE), Attachment.SHORT_DRIVE));
  }

  private static Arguments machine(
      String name, DiskPlan first, DiskPlan second, Attachment attachment) {
    return Arguments.of(
        Named.of(name, List.of(first.attachedBy(attachment), second.attachedBy(attachment))));
  }

  @ParameterizedTest
  @MethodSource("machines")
  void everyBackupComesBackAndOnlyChangesAreSent(List<DiskPlan> plans) {
    QemuMachine.Builder builder = QemuMachine.in(folder);
    plans.forEach(builder::disk);
    try (QemuMachine machine = builder.start()) {
      Stage stage = new Stage(folder, server);
      List<String> snapshots = new ArrayList<>();
      List<Map<String, DiskModel>> contents = new ArrayList<>();

      for (MachineDisk disk : machine.disks()) {
        disk.write(0, 2 * MIB);
        disk.write(5 * CHUNK - 70_000, 3 * MIB);
        disk.write(disk.plan().size() - 1000, 1000);
      }
      contents.add(machine.content());
      Outcome first = stage.backup(machine);
      for (DiskPlan plan : plans) {
        DiskOutcome disk = first.disk(plan).assertFull("FIRST_BACKUP");
        assertThat(disk.archive()).isEqualTo(plan.archive() + ".fidx");
        disk.assertReadAtMost(5L * CHUNK);
      }
      snapshots.add(first.snapshot());

      for (MachineDisk disk : machine.disks()) {
        disk.write(3 * CHUNK + 12_345, 100_000);
        disk.writeZeroes(5 * CHUNK, MIB);
      }
      contents.add(machine.content());
      Outcome second = stage.backup(machine);
      for (DiskPlan plan : plans) {
        second.disk(plan).assertIncremental().assertReadAtMost(2L * CHUNK).assertUploaded(2);
      }
      snapshots.add(second.snapshot());

      contents.add(machine.content());
      Outcome third = stage.backup(machine);
      for (DiskPlan plan : plans) {
        third.disk(plan).assertIncremental().assertReadAtMost(0).assertUploaded(0);
      }
      snapshots.add(third.snapshot());

      for (int i = 0; i < snapshots.size(); i++) {
        stage.assertRestores(snapshots.get(i), machine, contents.get(i));
      }
    }
  }
}
