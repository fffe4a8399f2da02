package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bitmaps that outlive QEMU are trusted, those that may have missed a write are not. */
class RestartTest {
  private static final int MIB = 1 << 20;
  private static final int CHUNK = 4 * MIB;

  @TempDir static Path serverFolder;
  private static TestServer server;

  @TempDir Path folder;
  private QemuMachine machine;
  private Stage stage;
  private DiskPlan qcow2;
  private DiskPlan raw;

  @BeforeAll
  static void startServer() {
    server = TestServer.start(serverFolder);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void backUpOnce() {
    qcow2 = DiskPlan.of("alpha", ImageFormat.QCOW2, 64 * MIB);
    raw = DiskPlan.of("beta", ImageFormat.RAW, 32 * MIB).on(Bus.SCSI);
    machine = QemuMachine.in(folder).disk(qcow2).disk(raw).start();
    stage = new Stage(folder, server);
    for (MachineDisk disk : machine.disks()) {
      disk.write(0, 6 * MIB);
    }
    stage.backup(machine);
    writeSomething();
  }

  @AfterEach
  void end() {
    machine.close();
  }

  @Test
  void aCleanRestartKeepsTheIncrementOfQcow2AndReadsRawInFull() {
    machine.quit();
    machine.start();
    writeSomething();
    Outcome outcome = backUpAndRestore();
    outcome.disk(qcow2).assertIncremental().assertReadAtMost(3L * CHUNK);
    outcome.disk(raw).assertFull("BITMAP_NOT_PERSISTENT");
  }

  @Test
  void aRestartBySignalIsAsCleanAsOneByTheMonitor() {
    machine.terminate();
    machine.start();
    backUpAndRestore().disk(qcow2).assertIncremental();
  }

  @Test
  void aBitmapThatWasNeverStoredBeforeAKillIsMissed() {
    machine.kill();
    machine.start();
    Outcome outcome = backUpAndRestore();
    outcome.disk(qcow2).assertFull("BITMAP_MISSING");
    outcome.disk(raw).assertFull("BITMAP_NOT_PERSISTENT");
    writeSomething();
    backUpAndRestore().disk(qcow2).assertIncremental();
  }

  @Test
  void aBitmapThatWasInUseAtAKillIsNotTrustedAndGoesAway() {
    machine.quit();
    machine.start();
    writeSomething();
    machine.kill();
    machine.start();
    backUpAndRestore().disk(qcow2).assertFull("BITMAP_INCONSISTENT");
    writeSomething();
    backUpAndRestore().disk(qcow2).assertIncremental();
  }

  private void writeSomething() {
    for (MachineDisk disk : machine.disks()) {
      disk.write(4 * CHUNK + 100, 50_000);
      disk.write(1000, 5000);
    }
  }

  /** Few chunks changed, so few are sent, however the disk was read. */
  private Outcome backUpAndRestore() {
    Outcome outcome = stage.backup(machine);
    for (MachineDisk disk : machine.disks()) {
      outcome.disk(disk.plan()).assertUploaded(2);
    }
    stage.assertRestores(outcome.snapshot(), machine, machine.content());
    return outcome;
  }

  @Test
  void recoverRemovesTheDeadBitmapOfAMachineThatIsOff() {
    machine.quit();
    machine.start();
    machine.kill();
    Path image = machine.disk("alpha").image();
    Qemu.img("bitmap", "--add", image.toString(), "somebody");
    assertThat(Qemu.bitmaps(image)).hasSize(2);
    String[] recover = {
      "recover", "--disk", image + "", "--scratch", stage.scratch() + "", "--output-format", "json"
    };
    Outcome outcome = stage.qmpbs().run(recover).assertDone();
    assertThat(outcome.summary().get("removed")).hasSize(1);
    assertThat(Qemu.bitmaps(image)).containsExactly("somebody");
    Qemu.img("check", "-q", image.toString());
    // A dead bitmap is what QEMU refuses to resize an image for.
    Qemu.img("resize", "-q", image.toString(), "+4M");
    Qemu.img("resize", "-q", "--shrink", image.toString(), "-4M");
    machine.start();
    assertThat(stage.qmpbs().run(recover).exitCode()).as("an image in use").isEqualTo(13);
    backUpAndRestore().disk(qcow2).assertFull("BITMAP_MISSING");
  }

  @Test
  void anExternalDataFileThatWasWrittenWhileQemuWasOffIsReadInFull() throws IOException {
    Path other = java.nio.file.Files.createDirectory(folder.resolve("other"));
    Path data = other.resolve("gamma.raw");
    Qemu.img(
        "create",
        "-q",
        "-f",
        "qcow2",
        "-o",
        "data_file=" + data + ",data_file_raw=on",
        other.resolve("gamma.qcow2").toString(),
        Integer.toString(40 * MIB));
    DiskPlan gamma = DiskPlan.of("gamma", ImageFormat.QCOW2, 40 * MIB);
    try (QemuMachine external = QemuMachine.in(other).disk(gamma).start()) {
      Stage own = new Stage(other, server);
      external.disk("gamma").write(0, 6 * MIB);
      own.backup(external);
      external.disk("gamma").write(9 * MIB, 5000);
      own.backup(external).disk(gamma).assertIncremental();
      external.quit();
      byte[] behind = {1, 2, 3, 4};
      try (java.nio.channels.FileChannel channel =
          java.nio.channels.FileChannel.open(data, java.nio.file.StandardOpenOption.WRITE)) {
        channel.write(java.nio.ByteBuffer.wrap(behind), MIB);
      }
      external.disk("gamma").model().write(MIB, behind);
      external.start();
      Outcome outcome = own.backup(external);
      outcome.disk(gamma).assertFull("BITMAP_NOT_PERSISTENT");
      assertThat(outcome.out()).contains("external data file");
      own.assertRestores(outcome.snapshot(), external, external.content());
    }
  }
}
