package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A backup is worth what its restore is. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestoreTest {
  private static final int MIB = 1 << 20;

  private TestServer server;
  private QemuMachine machine;
  private Stage stage;

  @BeforeAll
  void backUp(@TempDir Path shared) {
    server = TestServer.start(shared.resolve("server"));
    machine =
        QemuMachine.in(shared)
            .disk(DiskPlan.of("alpha", ImageFormat.QCOW2, 50 * MIB + 512))
            .disk(DiskPlan.of("beta", ImageFormat.RAW, 20 * MIB).on(Bus.SCSI))
            .start();
    machine.disk("alpha").write(9 * MIB + 5, 3 * MIB);
    machine.disk("alpha").write(50L * MIB, 512);
    machine.disk("beta").write(0, MIB);
    stage = new Stage(shared, server);
    stage.backup(machine);
  }

  @AfterAll
  void stop() {
    machine.close();
    server.close();
  }

  @Test
  void allDisksOfTheNewestSnapshotComeBackAsCleanQcow2(@TempDir Path folder) throws IOException {
    restore("--all", "--target", folder.toString(), "--format", "qcow2").assertDone();
    for (MachineDisk disk : machine.disks()) {
      Path image = imageOf(disk, folder);
      assertThat(Qemu.img("check", "-f", "qcow2", image.toString())).contains("No errors");
      Path raw = folder.resolve("converted.raw");
      Qemu.img("convert", "-f", "qcow2", "-O", "raw", image.toString(), raw.toString());
      disk.model().assertIsContentOf(raw);
      Files.delete(raw);
    }
  }

  @Test
  void aRawImageIsSparseWhereTheDiskWasEmpty(@TempDir Path folder) {
    Path target = folder.resolve("disk.raw");
    restoreAlpha(target).assertDone();
    long data =
        Qemu.dataRanges(target, ImageFormat.RAW).stream().mapToLong(Qemu.Range::length).sum();
    assertThat(data).isLessThanOrEqualTo(16 * MIB);
    machine.disk("alpha").model().assertIsContentOf(target);
  }

  @Test
  void anExistingFileIsReplacedOnlyWithForce(@TempDir Path folder) throws IOException {
    Path target = Files.writeString(folder.resolve("disk.raw"), "precious");
    restoreAlpha(target).assertExit(11);
    assertThat(target).hasContent("precious");
    restoreAlpha(target, "--force").assertDone();
    machine.disk("alpha").model().assertIsContentOf(target);
  }

  @Test
  void theImageOfARunningMachineIsNeverReplaced() {
    for (MachineDisk disk : machine.disks()) {
      Outcome outcome =
          restoreAlpha(disk.image(), "--force", "--format", disk.plan().format().driver());
      outcome.assertExit(11);
    }
    machine.disk("beta").flush();
    machine.disk("beta").model().assertIsContentOf(machine.disk("beta").image());
    machine.assertUnharmed();
  }

  @Test
  void aKilledRestoreLeavesNothingUnderTheFinalName(@TempDir Path folder) {
    Path target = folder.resolve("disk.raw");
    RunningQmpbs restore =
        start("restore", stage.group(), "drive-alpha.img", target.toString(), "--rate", "1M");
    restore.until("a partial file", () -> !filesIn(folder).isEmpty()).kill();
    assertThat(target).doesNotExist();
    restoreAlpha(target).assertDone();
    machine.disk("alpha").model().assertIsContentOf(target);
  }

  @Test
  void whatIsNotThereIsNamed(@TempDir Path folder) {
    Path target = folder.resolve("disk.raw");
    Outcome noArchive =
        start("restore", stage.group(), "drive-gamma.img", target.toString()).await();
    assertThat(noArchive.assertExit(3).err()).contains("drive-gamma.img").contains("drive-alpha");
    Outcome noGroup = start("restore", "vm/nobody", "drive-a.img", target.toString()).await();
    assertThat(noGroup.assertExit(3).err()).contains("vm/nobody");
    assertThat(filesIn(folder)).isEmpty();
  }

  private static Path imageOf(MachineDisk disk, Path folder) {
    List<Path> found =
        filesIn(folder).stream()
            .filter(file -> file.getFileName().toString().contains(disk.plan().label()))
            .toList();
    assertThat(found).as("images of %s", disk.plan().name()).hasSize(1);
    return found.get(0);
  }

  private static List<Path> filesIn(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    } catch (IOException problem) {
      throw new java.io.UncheckedIOException(problem);
    }
  }

  private Outcome restoreAlpha(Path target, String... more) {
    return restore(
        Stream.concat(Stream.of("drive-alpha.img", target.toString()), Arrays.stream(more))
            .toArray(String[]::new));
  }

  private Outcome restore(String... arguments) {
    return start(
            Stream.concat(
                    Stream.of("restore", stage.group(), "--output-format", "json"),
                    Arrays.stream(arguments))
                .toArray(String[]::new))
        .await();
  }

  private RunningQmpbs start(String... arguments) {
    return stage.qmpbs().start(arguments);
  }
}
