package org.qmpbs.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guest overwrites more than the scratch folder takes: the backup is lost, never a write. */
class ScratchFullTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;
  private Path small;

  @BeforeEach
  void mountASmallFileSystem() throws Exception {
    small = Files.createDirectory(folder.resolve("small"));
    Processes.Result mounted =
        Processes.tryRun(List.of("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", small + ""));
    assumeTrue(mounted.status() == 0, "only root can mount a small file system");
  }

  @AfterEach
  void unmount() {
    Processes.tryRun(List.of("umount", "-l", small.toString()));
  }

  @Test
  void theBackupIsDiscardedTheGuestGoesOnAndTheNextOneIsRight() {
    DiskPlan alpha = DiskPlan.of("alpha", ImageFormat.QCOW2, 64 * MIB);
    DiskPlan beta = DiskPlan.of("beta", ImageFormat.RAW, 16 * MIB).on(Bus.SCSI);
    try (TestServer server = TestServer.start(folder.resolve("server"));
        QemuMachine machine = QemuMachine.in(folder).disk(alpha).disk(beta).start()) {
      Stage stage = new Stage(folder, server);
      Stage.fill(machine.disk("alpha"), 0, 48 * MIB);
      Map<String, DiskModel> content = machine.content();
      Outcome good = stage.backup(machine);
      Stage.fill(machine.disk("alpha"), 20 * MIB, 16 * MIB);

      RunningQmpbs backup =
          stage
              .startBackup(machine, small, "--rate", "4M")
              .until("the instant", () -> Stage.instantIsTaken(machine));
      Stage.fill(machine.disk("alpha"), 0, 16 * MIB);
      machine.assertUnharmed();
      backup.await().assertExit(9);
      Debris.assertNoneIn(machine, small, 1);

      Outcome next = stage.backup(machine);
      next.disk(alpha).assertIncremental();
      next.disk(beta).assertIncremental();
      stage.assertRestores(next.snapshot(), machine, machine.content());
      stage.assertRestores(good.snapshot(), machine, content);
    }
  }
}
