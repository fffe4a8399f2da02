package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The scratch folder stops answering in the middle of a backup. Nearly every command that takes a
 * point in time apart would now stop QEMU as a whole; so the backup ends, but leaves QEMU alone
 * until the storage answers.
 */
class ScratchStallTest {
  private static final int MIB = 1 << 20;

  /**
   * An idle QEMU answers in a millisecond; one that waits for the storage not before it is back.
   */
  private static final Duration ANSWER = Duration.ofSeconds(10);

  /** Less than Linux allows a disk. Only filters with a time-out can keep it. */
  private static final Duration TIMED_WRITE = Duration.ofSeconds(25);

  @TempDir Path folder;

  @Test
  void theBackupIsGivenUpTheMachineNeverStandsStillAndTheNextOneIsRight() {
    DiskPlan alpha = DiskPlan.of("alpha", ImageFormat.QCOW2, 64 * MIB);
    DiskPlan beta = DiskPlan.of("beta", ImageFormat.RAW, 16 * MIB).on(Bus.SCSI);
    try (TestServer server = TestServer.start(folder.resolve("server"));
        StallingStorage scratch = StallingStorage.mount(folder.resolve("stalling"));
        QemuMachine machine = QemuMachine.in(folder).disk(alpha).disk(beta).start()) {
      Stage stage = new Stage(folder, server);
      MachineDisk disk = machine.disk("alpha");
      Stage.fill(disk, 0, 48 * MIB);
      Map<String, DiskModel> content = machine.content();
      Outcome good = stage.backup(machine);
      Stage.fill(disk, 20 * MIB, 24 * MIB);
      boolean timed = !strategy(stage, machine).equals("job-filter");

      RunningQmpbs backup =
          stage
              .startBackup(machine, scratch.folder(), "--rate", "512k")
              .until("the instant", () -> Stage.instantIsTaken(machine));
      // Its last steps still change QEMU's graph; nobody can hold those back.
      backup.until("the first read", () -> backup.said().contains("reading alpha"));
      scratch.stall();
      JsonNode before = writes(machine, disk);
      disk.writeInBackground(2 * MIB, 4096);
      Duration[] slowest = {Duration.ZERO};
      backup.until(
          "that it waits for the storage",
          () -> {
            long asked = System.nanoTime();
            machine.assertUnharmed();
            Duration answer = Duration.ofNanos(System.nanoTime() - asked);
            slowest[0] = answer.compareTo(slowest[0]) > 0 ? answer : slowest[0];
            return backup.said().contains("stays in QEMU");
          });
      assertThat(slowest[0]).as("QEMU's slowest answer").isLessThan(ANSWER);
      scratch.goOn();
      backup.await().assertExit(9);
      Debris.assertNoneIn(machine, scratch.folder(), 1);
      Duration waited = latency(before, writes(machine, disk));
      System.out.printf(
          "the guest's write waited %d ms, QEMU's slowest answer took %d ms%n",
          waited.toMillis(), slowest[0].toMillis());
      if (timed) {
        assertThat(waited).as("the guest's write").isLessThan(TIMED_WRITE);
      }

      Outcome next = stage.backup(machine);
      next.disk(alpha).assertIncremental();
      next.disk(beta).assertIncremental();
      stage.assertRestores(next.snapshot(), machine, machine.content());
      stage.assertRestores(good.snapshot(), machine, content);
    }
  }

  private static String strategy(Stage stage, QemuMachine machine) {
    return stage
        .qmpbs()
        .run("status", "--qmp", machine.qmpSocket().toString(), "--output-format", "json")
        .assertDone()
        .summary()
        .get("strategy")
        .asText();
  }

  private static JsonNode writes(QemuMachine machine, MachineDisk disk) {
    for (JsonNode each : machine.monitor().execute("query-blockstats")) {
      if (each.path("qdev").asText().equals(disk.qdev())) {
        return each.get("stats");
      }
    }
    throw new AssertionError("QEMU counts no writes of " + disk.qdev());
  }

  /** Of the one write between the two. */
  private static Duration latency(JsonNode before, JsonNode after) {
    long operations = after.get("wr_operations").asLong() - before.get("wr_operations").asLong();
    assertThat(operations).as("writes of the guest that have ended").isOne();
    return Duration.ofNanos(
        after.get("wr_total_time_ns").asLong() - before.get("wr_total_time_ns").asLong());
  }
}
