package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client that dies loses no change and harms no guest; the next run tidies up and is right. */
class KilledClientTest {
  private static final int MIB = 1 << 20;
  private static final int CHUNK = 4 * MIB;

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

  /** When the client is killed, as it can be seen in QEMU. */
  enum Moment {
    /** Scratch nodes are there, or more. */
    FIRST_TRACE(Moment::anyNode),
    /** New bitmaps record. */
    BITMAP(machine -> epochBitmaps(machine) > 2),
    /** Data can be read. */
    INSTANT(Stage::instantIsTaken);

    private final Predicate<QemuMachine> reached;

    Moment(Predicate<QemuMachine> reached) {
      this.reached = reached;
    }

    private static boolean anyNode(QemuMachine machine) {
      for (JsonNode node : nodes(machine)) {
        if (node.path("node-name").asText().startsWith("qmpbs-")) {
          return true;
        }
      }
      return false;
    }

    private static int epochBitmaps(QemuMachine machine) {
      int count = 0;
      for (JsonNode node : nodes(machine)) {
        for (JsonNode bitmap : node.path("dirty-bitmaps")) {
          count += bitmap.path("name").asText().startsWith("qmpbs:") ? 1 : 0;
        }
      }
      return count;
    }

    private static JsonNode nodes(QemuMachine machine) {
      return machine.monitor().execute("query-named-block-nodes", Map.of("flat", true));
    }
  }

  @ParameterizedTest
  @EnumSource
  void afterAKillAtAnyMomentTheNextBackupIsIncrementalAndRight(Moment moment) {
    try (QemuMachine machine = machine()) {
      Stage stage = new Stage(folder, server);
      stage.backup(machine);
      writeSomething(machine, 4);

      stage
          .startBackup(machine, "--rate", "2M")
          .until(moment.toString(), () -> moment.reached.test(machine))
          .kill();
      machine.assertUnharmed();
      writeSomething(machine, 6);

      backUpIncrementallyAndRestore(machine, stage);
    }
  }

  @Test
  void aFirstBackupThatWasKilledIsDoneFromTheStart() {
    try (QemuMachine machine = machine()) {
      Stage stage = new Stage(folder, server);
      stage
          .startBackup(machine, "--rate", "2M")
          .until("the instant", () -> Stage.instantIsTaken(machine))
          .kill();
      writeSomething(machine, 4);
      Outcome outcome = stage.backup(machine);
      machine.disks().forEach(disk -> outcome.disk(disk.plan()).assertFull("FIRST_BACKUP"));
      stage.assertRestores(outcome.snapshot(), machine, machine.content());
      writeSomething(machine, 5);
      backUpIncrementallyAndRestore(machine, stage);
    }
  }

  @Test
  void killedAgainAndAgainItStillLosesNothing() {
    try (QemuMachine machine = machine()) {
      Stage stage = new Stage(folder, server);
      stage.backup(machine);
      for (int round = 0; round < 3; round++) {
        writeSomething(machine, 4 + round);
        stage
            .startBackup(machine, "--rate", "2M")
            .until("the instant", () -> Stage.instantIsTaken(machine))
            .kill();
      }
      writeSomething(machine, 8);
      backUpIncrementallyAndRestore(machine, stage);
    }
  }

  @Test
  void recoverClearsAwayWhatAKilledBackupLeftAndKeepsWhatMayBeTrue() {
    try (QemuMachine machine = machine()) {
      Stage stage = new Stage(folder, server);
      stage.backup(machine);
      writeSomething(machine, 4);
      stage
          .startBackup(machine, "--rate", "2M")
          .until("the instant", () -> Stage.instantIsTaken(machine))
          .kill();
      String[] recover = {
        "recover",
        "--qmp",
        machine.qmpSocket().toString(),
        "--scratch",
        stage.scratch().toString(),
        "--output-format",
        "json"
      };
      JsonNode status =
          stage
              .qmpbs()
              .run("status", "--qmp", machine.qmpSocket() + "", "--output-format", "json")
              .assertDone()
              .summary();
      assertThat(status.at("/leftovers/live").asBoolean()).isFalse();
      assertThat(status.at("/leftovers/recovery")).isNotEmpty();
      assertThat(status.has("refusal")).as("%s", status).isFalse();
      Outcome outcome = stage.qmpbs().run(recover).assertDone();
      assertThat(outcome.summary().get("removed")).isNotEmpty();
      assertThat(outcome.summary().get("left")).isEmpty();
      // Which of the two epochs is the true one, only the server knows.
      Debris.assertNoneIn(machine, stage.scratch(), 2);
      Outcome again = stage.qmpbs().run(recover).assertDone();
      assertThat(again.summary().get("removed")).isEmpty();
      writeSomething(machine, 5);
      backUpIncrementallyAndRestore(machine, stage);
    }
  }

  @Test
  void recoverLeavesALivingBackupAlone() {
    try (QemuMachine machine = machine()) {
      Stage stage = new Stage(folder, server);
      RunningQmpbs backup =
          stage
              .startBackup(machine, "--rate", "1M")
              .until("the instant", () -> Stage.instantIsTaken(machine));
      stage
          .qmpbs()
          .run(
              "recover", "--qmp", machine.qmpSocket().toString(), "--scratch", stage.scratch() + "")
          .assertExit(5);
      assertThat(Stage.instantIsTaken(machine)).as("the backup goes on").isTrue();
      backup.terminate().assertExit(143);
    }
  }

  @Test
  void aTerminatedClientTidiesUpItself() {
    try (QemuMachine machine = machine()) {
      Stage stage = new Stage(folder, server);
      stage.backup(machine);
      writeSomething(machine, 4);
      Outcome terminated =
          stage
              .startBackup(machine, "--rate", "2M")
              .until("the instant", () -> Stage.instantIsTaken(machine))
              .terminate();
      terminated.assertExit(143);
      Debris.assertNoneIn(machine, stage.scratch(), 1);
      backUpIncrementallyAndRestore(machine, stage);
    }
  }

  @Test
  void aMachineThatDiesDuringTheBackupEndsItAtOnce() {
    try (QemuMachine machine = machine()) {
      Stage stage = new Stage(folder, server);
      RunningQmpbs backup =
          stage
              .startBackup(machine, "--rate", "2M")
              .until("the instant", () -> Stage.instantIsTaken(machine));
      machine.kill();
      Outcome outcome = backup.await();
      assertThat(outcome.exitCode()).as("%s", outcome).isNotZero();
      assertThat(outcome.summary().get("success").asBoolean()).isFalse();
      machine.start();
      Outcome next = stage.backup(machine);
      machine.disks().forEach(disk -> next.disk(disk.plan()).assertFull("FIRST_BACKUP"));
      stage.assertRestores(next.snapshot(), machine, machine.content());
    }
  }

  private QemuMachine machine() {
    QemuMachine machine =
        QemuMachine.in(folder)
            .disk(DiskPlan.of("alpha", ImageFormat.QCOW2, 64 * MIB))
            .disk(DiskPlan.of("beta", ImageFormat.QCOW2, 40 * MIB).on(Bus.SCSI))
            .start();
    for (MachineDisk disk : machine.disks()) {
      Stage.fill(disk, 0, 12 * MIB);
    }
    return machine;
  }

  /** Two chunks, so that at a slow rate a backup takes its time. */
  private static void writeSomething(QemuMachine machine, int chunk) {
    for (MachineDisk disk : machine.disks()) {
      Stage.fill(disk, (long) chunk * CHUNK, 4 * MIB);
      disk.write(100, 3000);
    }
  }

  private void backUpIncrementallyAndRestore(QemuMachine machine, Stage stage) {
    Outcome outcome = stage.backup(machine);
    for (MachineDisk disk : machine.disks()) {
      outcome.disk(disk.plan()).assertIncremental();
    }
    stage.assertRestores(outcome.snapshot(), machine, machine.content());
  }
}
