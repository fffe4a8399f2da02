package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.e2e.server.Fault;

/**
 * The first upload of a disk goes on where it was cut, and nothing on the way passes for a backup.
 */
class InterruptedFirstUploadTest {
  private static final int MIB = 1 << 20;

  private static final int CHUNKS = 40;

  /** Slow enough to be cut: two chunks a second. */
  private static final String[] SLOWLY = {"--rate", "1MiB", "--checkpoint-interval", "1s"};

  /** The same, from the last checkpoint to the end. */
  private static final String[] FAST = {"--checkpoint-interval", "1s"};

  @TempDir static Path serverFolder;
  private static TestServer server;
  private static final AtomicReference<Fault> AT_FINISH = new AtomicReference<>(new Fault.None());

  @TempDir Path folder;

  @BeforeAll
  static void startServer() {
    server =
        TestServer.failing(
            serverFolder,
            call ->
                call.path().equals("/finish")
                    ? AT_FINISH.getAndSet(new Fault.None())
                    : new Fault.None());
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Test
  void afterAKillTheNextRunSendsTheRestAndTheOneAfterItIsIncremental() {
    assertGoesOnAfterAKill(new Stage(folder, server));
  }

  @Test
  void anEncryptedUploadGoesOnAfterAKillWithItsKey() {
    Stage stage =
        new Stage(folder, server).with("XDG_CONFIG_HOME", folder.resolve("config").toString());
    stage.qmpbs().run("key", "create", "--kdf", "none").assertDone();
    assertGoesOnAfterAKill(stage);
  }

  private void assertGoesOnAfterAKill(Stage stage) {
    try (QemuMachine machine = machine()) {
      int begin = server.calls().size();
      stage
          .startBackup(machine, SLOWLY)
          .until("a chunk after two checkpoints", () -> keptSince(begin, 2) > 0)
          .kill();
      int killed = server.calls().size();
      Set<String> kept = chunksIn(server.calls().subList(begin, keptSince(begin, 2)));
      assertThat(kept).hasSizeGreaterThan(2);
      machine.assertUnharmed();
      List<JsonNode> checkpoints = snapshots(stage);
      assertThat(checkpoints)
          .isNotEmpty()
          .allSatisfy(
              row -> {
                assertThat(row.path("unfinished").asBoolean()).isTrue();
                assertThat(row.path("comment").asText()).contains("not a backup");
              });
      assertNothingPassesForABackup(stage, checkpoints.get(0));

      // One chunk changes that was sent, one that was not.
      machine.disks().get(0).write(5000, 3000);
      machine.disks().get(0).write((CHUNKS - 1) * 4L * MIB, 3000);
      Outcome outcome = stage.backup(machine, FAST);
      DiskOutcome disk = outcome.disk(machine.disks().get(0).plan());
      disk.assertFull("FIRST_UPLOAD_CONTINUES");
      List<String> calls = server.calls();
      assertThat(chunksIn(calls.subList(killed, calls.size())))
          .isNotEmpty()
          .doesNotContainAnyElementsOf(kept);
      // What is left, the zeros, and what changed since.
      assertThat(disk.uploadedChunks()).isLessThanOrEqualTo(CHUNKS + 1 - kept.size() + 1);
      assertThat(outcome.summary().path("warnings")).isEmpty();
      assertThat(snapshots(stage))
          .singleElement()
          .satisfies(row -> assertThat(row.has("unfinished")).isFalse());
      stage.assertRestores(outcome.snapshot(), machine, machine.content());

      machine.disks().get(0).write(20L * MIB, 3000);
      Outcome next = stage.backup(machine);
      next.disk(machine.disks().get(0).plan()).assertIncremental();
      stage.assertRestores(next.snapshot(), machine, machine.content());
    }
  }

  private static void assertNothingPassesForABackup(Stage stage, JsonNode checkpoint) {
    String path = path(checkpoint);
    Path target = stage.scratch().resolveSibling("refused");
    stage.qmpbs().run("restore", stage.group(), "drive-alpha.img", target.toString()).assertExit(3);
    Outcome byName =
        stage
            .qmpbs()
            .run("restore", path, "drive-alpha.unfinished.img", target.toString())
            .assertExit(3);
    assertThat(byName.toString()).contains("not a backup");
    assertThat(target).doesNotExist();
    assertThat(stage.qmpbs().run("snapshots", stage.group()).assertDone().toString())
        .contains("UNFINISHED");
  }

  @Test
  void anEndOfACheckpointThatWasNotAnsweredIsAskedForAndTheRunGoesOn() {
    try (QemuMachine machine = machine()) {
      Stage stage = new Stage(folder, server);
      AT_FINISH.set(new Fault.SwallowAnswer());
      Outcome outcome = stage.backup(machine, FAST);
      assertThat(outcome.toString()).contains("got no answer");
      assertThat(snapshots(stage)).hasSize(1);
      stage.assertRestores(outcome.snapshot(), machine, machine.content());
    }
  }

  @Test
  void aCheckpointThatSomebodyRemovedCostsTheUploadAndNothingElse() {
    try (QemuMachine machine = machine()) {
      Stage stage = new Stage(folder, server);
      long finished = finishCalls();
      stage
          .startBackup(machine, SLOWLY)
          .until("a checkpoint", () -> finishCalls() > finished)
          .terminate()
          .assertExit(143);
      Debris.assertNoneIn(machine, stage.scratch(), 0);
      snapshots(stage).forEach(row -> server.forget(path(row)));
      Outcome outcome = stage.backup(machine, FAST);
      outcome.disk(machine.disks().get(0).plan()).assertFull("FIRST_BACKUP");
      stage.assertRestores(outcome.snapshot(), machine, machine.content());
    }
  }

  private QemuMachine machine() {
    QemuMachine machine =
        QemuMachine.in(folder).disk(DiskPlan.of("alpha", ImageFormat.QCOW2, 180 * MIB)).start();
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      Stage.fill(machine.disks().get(0), chunk * 4L * MIB, MIB / 2);
    }
    return machine;
  }

  /** The call after that many checkpoints at which a chunk was sent, or -1. */
  private static int keptSince(int begin, int checkpoints) {
    List<String> calls = server.calls();
    int seen = 0;
    for (int i = begin; i < calls.size(); i++) {
      if (calls.get(i).contains("/finish")) {
        seen++;
      } else if (seen >= checkpoints && calls.get(i).contains("/fixed_chunk")) {
        return i;
      }
    }
    return -1;
  }

  private static Set<String> chunksIn(List<String> calls) {
    return calls.stream()
        .filter(call -> call.contains("/fixed_chunk"))
        .map(call -> call.replaceFirst(".*[?&]digest=([0-9a-f]{64}).*", "$1"))
        .collect(Collectors.toSet());
  }

  private static long finishCalls() {
    return server.calls().stream().filter(call -> call.contains("/finish")).count();
  }

  private static List<JsonNode> snapshots(Stage stage) {
    List<JsonNode> rows = new ArrayList<>();
    stage
        .qmpbs()
        .run("snapshots", stage.group(), "--output-format", "json")
        .assertDone()
        .summary()
        .path("snapshots")
        .forEach(rows::add);
    return rows;
  }

  private static String path(JsonNode row) {
    return row.path("backup-type").asText()
        + "/"
        + row.path("backup-id").asText()
        + "/"
        + java.time.Instant.ofEpochSecond(row.path("backup-time").asLong());
  }
}
