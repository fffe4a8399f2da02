package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guest writes while it is backed up: the backup is the instant, of all disks. */
class GuestWritesTest {
  private static final int MIB = 1 << 20;

  /** Slow enough that the test writes to all of the disk before the last byte of it is read. */
  private static final String SLOWLY = "12M";

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

  @Test
  void overwritesDuringTheBackupAreNotInItAndAreInTheNextOne() {
    try (QemuMachine machine =
        QemuMachine.in(folder)
            .disk(DiskPlan.of("alpha", ImageFormat.QCOW2, 80 * MIB))
            .disk(DiskPlan.of("beta", ImageFormat.RAW, 48 * MIB).on(Bus.SCSI))
            .start()) {
      Stage stage = new Stage(folder, server);
      for (MachineDisk disk : machine.disks()) {
        Stage.fill(disk, 0, disk.plan().size() - 8 * MIB);
      }
      Map<String, DiskModel> instant = machine.content();

      RunningQmpbs first =
          stage
              .startBackup(machine, "--rate", SLOWLY)
              .until("the instant", () -> Stage.instantIsTaken(machine));
      for (MachineDisk disk : machine.disks()) {
        // From the end to the start, so that the reader meets most of it.
        for (long offset = disk.plan().size() - MIB; offset >= 0; offset -= 5 * MIB) {
          disk.write(offset + 1000, 300_000);
          disk.writeZeroes(offset + 500_000, 100_000);
        }
      }
      assertThat(first.isAlive()).as("the guest wrote while the backup ran").isTrue();
      Map<String, DiskModel> later = machine.content();
      Outcome outcome = first.await().assertDone();
      Debris.assertNoneIn(machine, stage.scratch(), 1);
      stage.assertRestores(outcome.snapshot(), machine, instant);

      Outcome next = stage.backup(machine);
      machine.disks().forEach(disk -> next.disk(disk.plan()).assertIncremental());
      stage.assertRestores(next.snapshot(), machine, later);
    }
  }
}
