package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cost and memory follow what changed, not the size of the disk. */
class HugeDiskTest {
  private static final int MIB = 1 << 20;
  private static final long TIB = 1L << 40;

  /** "Seconds, not minutes", on a machine that does other things, too. */
  private static final Duration INCREMENT_LIMIT = Duration.ofSeconds(40);

  @TempDir Path folder;

  @Test
  void aTebibyteWith64MebibytesDirtyTakesSecondsWithinHalfAGibibyteOfHeap() {
    DiskPlan plan = DiskPlan.of("huge", ImageFormat.QCOW2, TIB);
    try (TestServer server = TestServer.start(folder.resolve("server"));
        QemuMachine machine = QemuMachine.in(folder).disk(plan).start()) {
      MachineDisk disk = machine.disk("huge");
      Stage stage = new Stage(folder, server).withHeap("512m");
      Stage.fill(disk, 0, 8 * MIB);
      Stage.fill(disk, TIB - 8 * MIB, 8 * MIB);
      stage.backup(machine).disk(plan).assertFull("FIRST_BACKUP").assertReadAtMost(16 * MIB);

      for (int piece = 0; piece < 16; piece++) {
        Stage.fill(disk, piece * (TIB / 16) + 4 * MIB, 4 * MIB);
      }
      long start = System.nanoTime();
      Outcome outcome = stage.backup(machine);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(INCREMENT_LIMIT);
      outcome.disk(plan).assertIncremental().assertReadAtMost(64 * MIB).assertUploaded(16);

      stage.assertRestores(outcome.snapshot(), machine, machine.content());
    }
  }
}
