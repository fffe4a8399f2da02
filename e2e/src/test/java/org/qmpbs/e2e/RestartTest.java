package org.qmpbs.e2e;

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
}
