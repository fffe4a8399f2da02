package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real guest writes on, whatever happens to its backups: it sees no error, finds every byte it
 * wrote, and what is restored is what a guest could have seen at one instant: all records up to
 * some n and none after it, and the same n on both disks but for the write that was under way.
 *
 * <p>How long the guest's writes take is printed and not judged, for it depends on the machine;
 * {@code tools/guest-latency} runs this for long enough to tell.
 */
class BusyGuestTest {
  private static final int MIB = 1 << 20;

  /** Of 512 KiB. */
  private static final int ROWS = Integer.getInteger("qmpbs.guest.rows", 32);

  /** Of most phases. */
  private static final int SECONDS = Integer.getInteger("qmpbs.guest.seconds", 1);

  /** How long the server gives no answer. */
  private static final int STALL_SECONDS = Integer.getInteger("qmpbs.guest.stall", 3);

  private static final int EVERY_MILLIS = 10;

  /** Less than the guest overwrites in a second or two, more than two empty images. */
  private static final String SMALL = "4m";

  private static final long NO_CLUSTER = 64 << 10;

  @TempDir Path folder;

  private final GuestRecords records = new GuestRecords(ROWS);
  private final DiskPlan alpha = DiskPlan.of("alpha", ImageFormat.QCOW2, records.diskSize());
  private final DiskPlan beta =
      DiskPlan.of("beta", ImageFormat.RAW, records.diskSize()).on(Bus.SCSI);
  private final StallingServer stalling = new StallingServer();
  private long newest;

  @Test
  void aLinuxGuestSeesNoErrorWhateverHappensToItsBackups() throws IOException {
    try (TestServer server = TestServer.failing(folder.resolve("server"), stalling);
        QemuMachine machine = QemuMachine.in(folder).writer().disk(alpha).disk(beta).start()) {
      Stage stage = new Stage(folder, server);
      GuestWriter writer = GuestWriter.start(machine.console(), records, EVERY_MILLIS);
      LatencyTable table = new LatencyTable(machine, writer);
      table.phase("idle", () -> pass(SECONDS));

      long before = writer.last();
      Outcome first = table.phase("first backup", () -> stage.backup(machine, "--rate", rate()));
      assertOneInstant(stage, first, before, writer.last());

      before = writer.last();
      Outcome stalled = table.phase("server stalls", () -> backupWithStalls(stage, machine));
      assertOneInstant(stage, stalled, before, writer.last());
      stalled.disk(alpha).assertIncremental();
      stalled.disk(beta).assertIncremental();

      Path small = mountSmall();
      if (Files.exists(small)) {
        table.phase("scratch fills up", () -> fillScratch(stage, machine, small));
        Processes.run(List.of("umount", "-l", small.toString()));
      }
      table.phase("client killed", () -> killClient(stage, machine));

      before = writer.last();
      Outcome next = table.phase("next backup", () -> stage.backup(machine, "--rate", rate()));
      next.disk(alpha).assertIncremental();
      next.disk(beta).assertIncremental();
      assertOneInstant(stage, next, before, writer.last());

      table.print(System.out);
      assertThat(writer.stopAndVerify()).isGreaterThanOrEqualTo(newest);
      writer.assertHealthy();
      machine.assertUnharmed();
    }
  }

  /** A full read takes a phase. */
  private String rate() {
    return Math.max(1, 2 * records.diskSize() / MIB / (SECONDS + 1)) + "MiB";
  }

  private static Void pass(int seconds) {
    try {
      TimeUnit.SECONDS.sleep(seconds);
      return null;
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupt);
    }
  }

  private RunningQmpbs startUntilServerStalls(Stage stage, QemuMachine machine, Path scratch) {
    stalling.stallAtNextChunk();
    return stage
        .startBackup(machine, scratch)
        .until("a chunk that the server does not take", stalling::isStalling);
  }

  private Outcome backupWithStalls(Stage stage, QemuMachine machine) {
    RunningQmpbs backup = startUntilServerStalls(stage, machine, stage.scratch());
    pass(STALL_SECONDS);
    stalling.goOn();
    Outcome outcome = backup.await().assertDone();
    Debris.assertNoneIn(machine, stage.scratch(), 1);
    return outcome;
  }

  /** Where a small file system is mounted, or nowhere for who is not root. */
  private Path mountSmall() throws IOException {
    Path small = Files.createDirectory(folder.resolve("small"));
    List<String> mount =
        List.of("mount", "-t", "tmpfs", "-o", "size=" + SMALL, "tmpfs", small + "");
    if (Processes.tryRun(mount).status() != 0) {
      Files.delete(small);
    }
    return small;
  }

  /** The server holds the backup while the guest overwrites more than the scratch folder takes. */
  private Outcome fillScratch(Stage stage, QemuMachine machine, Path small) {
    RunningQmpbs backup = startUntilServerStalls(stage, machine, small);
    while (backup.isAlive() && small.toFile().getUsableSpace() > NO_CLUSTER) {
      pause();
    }
    pass(SECONDS);
    stalling.goOn();
    Outcome outcome = backup.await().assertExit(9);
    Debris.assertNoneIn(machine, small, 1);
    return outcome;
  }

  /** The guest goes on, under a point in time that belongs to nobody any more. */
  private Outcome killClient(Stage stage, QemuMachine machine) {
    Outcome outcome = startUntilServerStalls(stage, machine, stage.scratch()).kill();
    stalling.goOn();
    pass(SECONDS);
    assertThat(Stage.instantIsTaken(machine)).as("the killed backup's exports are there").isTrue();
    machine.assertUnharmed();
    return outcome;
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(20);
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupt);
    }
  }

  private void assertOneInstant(Stage stage, Outcome outcome, long before, long after)
      throws IOException {
    Path target = Files.createDirectories(folder.resolve("restored"));
    stage
        .qmpbs()
        .run("restore", outcome.snapshot(), "--all", "--force", "--target", target.toString())
        .assertDone();
    long onAlpha = records.lastNumberIn(target.resolve("drive-alpha.raw"), 0);
    long onBeta = records.lastNumberIn(target.resolve("drive-beta.raw"), 1);
    assertThat(onAlpha).as("the instant is within the backup").isBetween(before, after + 1);
    assertThat(onAlpha - onBeta).as("%s and %s", onAlpha, onBeta).isBetween(0L, 1L);
    assertThat(onAlpha).as("the guest made progress").isGreaterThan(newest);
    newest = onAlpha;
  }
}
