package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the bitmap is relative to has changed: the next backup says so and is right all the same.
 */
class ChangedGroundTest {
  private static final int MIB = 1 << 20;
  private static final int CHUNK = 4 * MIB;

  @TempDir static Path serverFolder;
  private static TestServer server;

  @TempDir Path folder;
  private QemuMachine machine;
  private Stage stage;
  private DiskPlan first;
  private DiskPlan second;
  private Outcome firstBackup;

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
    first = DiskPlan.of("alpha", ImageFormat.QCOW2, 64 * MIB);
    second = DiskPlan.of("beta", ImageFormat.QCOW2, 30 * MIB).on(Bus.SCSI);
    machine = QemuMachine.in(folder).disk(first).disk(second).start();
    stage = new Stage(folder, server);
    for (MachineDisk disk : machine.disks()) {
      disk.write(0, 6 * MIB);
    }
    firstBackup = stage.backup(machine);
    writeSomething();
  }

  @AfterEach
  void end() {
    machine.close();
  }

  @Test
  void aDiskThatGrewIsReadInFullAndTheOtherOneIsNot() {
    machine.disk("alpha").resize(100 * MIB);
    machine.disk("alpha").write(99 * MIB, 4000);
    Outcome outcome = backUpAndRestore();
    outcome.disk(first).assertFull("SIZE_CHANGED");
    outcome.disk(second).assertIncremental();
    writeSomething();
    backUpAndRestore().disk(first).assertIncremental();
  }

  @Test
  void aDiskThatGrewWithinItsLastChunkIsReadInFull() {
    machine.disk("beta").resize(31 * MIB);
    machine.disk("beta").write(31 * MIB - 4000, 4000);
    Outcome outcome = backUpAndRestore();
    outcome.disk(first).assertIncremental();
    outcome.disk(second).assertFull("SIZE_CHANGED");
  }

  @Test
  void aDiskThatShrankIsReadInFull() {
    machine.disk("alpha").resize(18 * MIB);
    backUpAndRestore().disk(first).assertFull("SIZE_CHANGED");
  }

  @Test
  void aDiskThatShrankAndGrewBackIsReadInFull() {
    machine.disk("alpha").resize(5 * MIB);
    machine.disk("alpha").resize(64 * MIB);
    Outcome outcome = backUpAndRestore();
    outcome.disk(first).assertFull("CLEAN_END_CHANGED");
    outcome.disk(second).assertIncremental();
    writeSomething();
    backUpAndRestore().disk(first).assertIncremental();
  }

  @Test
  void aDiskThatLostOnlyZerosToAShrinkIsStillIncremental() {
    backUpAndRestore();
    machine.disk("alpha").resize(40 * MIB);
    machine.disk("alpha").resize(64 * MIB);
    backUpAndRestore().disk(first).assertIncremental();
  }

  @Test
  void anAuditFindsWhatWasWrittenWhileSomebodyHadTheBitmapDisabled() {
    machine.quit();
    Path image = machine.disk("alpha").image();
    String epoch = Qemu.bitmaps(image).get(0);
    Qemu.img("bitmap", "--disable", image.toString(), epoch);
    Qemu.io(image, ImageFormat.QCOW2, "write -P 0x5a 4096 4096");
    Qemu.img("bitmap", "--enable", image.toString(), epoch);
    byte[] written = new byte[4096];
    java.util.Arrays.fill(written, (byte) 0x5a);
    machine.disk("alpha").model().write(4096, written);
    machine.start();
    Outcome outcome = stage.tryBackup(machine, "--audit", "100%");
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(15);
    outcome.disk(first).assertFull("AUDIT_FAILED");
    outcome.disk(second).assertIncremental();
    assertThat(outcome.out()).contains("the audit found the data at byte 0 changed");
    stage.assertRestores(outcome.snapshot(), machine, machine.content());
    stage.backup(machine, "--audit", "100%").disk(first).assertIncremental();
  }

  @Test
  void whenTheOnlySnapshotWasRemovedEverythingIsSentAgain() {
    server.forget(firstBackup.snapshot());
    Outcome outcome = backUpAndRestore();
    outcome.disk(first).assertFull("FIRST_BACKUP", "NO_USABLE_SNAPSHOT");
    assertThat(outcome.disk(first).uploadedChunks()).isGreaterThanOrEqualTo(3);
    writeSomething();
    backUpAndRestore().disk(first).assertIncremental();
  }

  @Test
  void whenTheLastOfTwoSnapshotsWasRemovedTheOneBeforeIsNotTakenForIt() {
    Outcome last = stage.backup(machine);
    machine.disk("alpha").write(9 * CHUNK, 5000);
    server.forget(last.snapshot());
    Outcome outcome = backUpAndRestore();
    outcome.disk(first).assertFull("BITMAP_MISSING");
    outcome.disk(first).assertUploaded(2);
    writeSomething();
    backUpAndRestore().disk(first).assertIncremental();
  }

  @Test
  void aSnapshotOfAnotherClientIsNotBuiltUpon() {
    ForeignClient.backUp(server, stage.group(), first.archive() + ".fidx", first.size());
    Outcome outcome = backUpAndRestore();
    outcome.disk(first).assertFull("FOREIGN_SNAPSHOT");
    outcome.disk(second).assertFull("FOREIGN_SNAPSHOT", "ARCHIVE_NOT_IN_SNAPSHOT");
    writeSomething();
    backUpAndRestore().disk(first).assertIncremental();
  }

  @Test
  void anotherImageInPlaceOfTheOldOneIsReadInFull() {
    machine.quit();
    Qemu.create(machine.disk("alpha").image(), ImageFormat.QCOW2, first.size());
    machine.disk("alpha").forgetContent();
    machine.start();
    machine.disk("alpha").write(7 * CHUNK, 5000);
    Outcome outcome = backUpAndRestore();
    outcome.disk(first).assertFull("BITMAP_MISSING");
    outcome.disk(second).assertIncremental();
  }

  @Test
  void anImageRolledBackToItsStateBeforeTheLastBackupIsReadInFull() throws Exception {
    machine.quit();
    Path image = machine.disk("alpha").image();
    Path saved = folder.resolve("saved.qcow2");
    java.nio.file.Files.copy(image, saved);
    DiskModel savedContent = machine.disk("alpha").model().copy();
    machine.start();
    machine.disk("alpha").write(8 * CHUNK, 5000);
    backUpAndRestore();
    machine.quit();
    java.nio.file.Files.move(saved, image, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    machine.disk("alpha").becomes(savedContent);
    machine.start();
    backUpAndRestore().disk(first).assertFull("BITMAP_MISSING");
  }

  @Test
  void aReadInFullThatWasAskedForSendsNothingThatIsThere() {
    stage.backup(machine);
    Outcome outcome = stage.backup(machine, "--force-full-read");
    outcome.disk(first).assertFull("REQUESTED").assertUploaded(0);
    stage.assertRestores(outcome.snapshot(), machine, machine.content());
  }

  private void writeSomething() {
    for (MachineDisk disk : machine.disks()) {
      disk.write(4 * CHUNK + 100, 50_000);
    }
  }

  private Outcome backUpAndRestore() {
    Outcome outcome = stage.backup(machine);
    stage.assertRestores(outcome.snapshot(), machine, machine.content());
    return outcome;
  }
}
