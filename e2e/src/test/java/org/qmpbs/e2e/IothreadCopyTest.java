package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines with iothreads on a QEMU that must not export their disks: they are copied. */
class IothreadCopyTest {
  private static final int MIB = 1 << 20;
  private static final int CHUNK = 4 * MIB;

  @TempDir static Path serverFolder;
  private static TestServer server;

  @TempDir Path folder;
  private final DiskPlan alpha =
      DiskPlan.of("alpha", ImageFormat.QCOW2, 66 * MIB + 3 * 512).withIothread();
  private final DiskPlan beta = DiskPlan.of("beta", ImageFormat.RAW, 33 * MIB + 512).withIothread();
  private QemuMachine machine;
  private Stage stage;

  @BeforeAll
  static void startServer() {
    server = TestServer.start(serverFolder);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void startMachine() {
    machine = QemuMachine.in(folder).disk(alpha).disk(beta).start();
    stage = new Stage(folder, server);
    int major = machine.monitor().execute("query-version").at("/qemu/major").asInt();
    assumeTrue(major < 8, "this QEMU can export a disk with an iothread");
    Stage.fill(machine.disk("alpha"), 0, 40 * MIB);
    machine.disk("beta").write(beta.size() - 1000, 1000);
  }

  @AfterEach
  void stopMachine() {
    machine.close();
  }

  @Test
  void everyBackupComesBackAndOnlyChangesAreSent() {
    Map<String, DiskModel> first = machine.content();
    Outcome full = stage.backup(machine);
    assertThat(full.summary().get("strategy").asText()).isEqualTo("copy-to-scratch");
    full.disk(alpha).assertFull("FIRST_BACKUP");

    machine.disk("alpha").write(3 * CHUNK + 12_345, 100_000);
    machine.disk("beta").write(CHUNK, 100_000);
    Map<String, DiskModel> second = machine.content();
    Outcome increment = stage.backup(machine);
    for (DiskPlan plan : List.of(alpha, beta)) {
      increment.disk(plan).assertIncremental().assertReadAtMost(CHUNK).assertUploaded(1);
    }
    stage.assertRestores(full.snapshot(), machine, first);
    stage.assertRestores(increment.snapshot(), machine, second);
  }

  @Test
  void whatIsWrittenWhileTheDisksAreCopiedIsInTheNextBackup() {
    stage.backup(machine);
    machine.disk("alpha").write(5 * CHUNK, 1000);
    Map<String, DiskModel> instant = machine.content();
    RunningQmpbs backup = startSlowCopy();
    for (long offset = 39L * MIB; offset >= 0; offset -= 3 * MIB) {
      machine.disk("alpha").write(offset + 1000, 300_000);
    }
    assertThat(isCopying()).as("the guest wrote while the disks were copied").isTrue();
    speed(0);
    Outcome outcome = backup.await().assertDone();
    Debris.assertNoneIn(machine, stage.scratch(), 1);
    outcome.disk(alpha).assertIncremental();
    stage.assertRestores(outcome.snapshot(), machine, instant);
    backUpIncrementallyAndRestore();
  }

  /** Takes most of a minute, and {@code CopyFaultTest} knows the heart of it: only on demand. */
  @Test
  void storageThatHangsWhileTheDisksAreCopiedDoesNotStopTheMachine() {
    assumeTrue(Boolean.getBoolean("qmpbs.stall.copy"), "only with -Dqmpbs.stall.copy=true");
    stage.backup(machine);
    try (StallingStorage scratch = StallingStorage.mount(folder.resolve("stalling"))) {
      machine.disk("alpha").flush();
      RunningQmpbs backup = stage.startBackup(machine, scratch.folder());
      backup.until("the copy", this::isCopying);
      speed(1 << 16);
      scratch.stall();
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
      assertThat(slowest[0]).as("QEMU's slowest answer").isLessThan(Duration.ofSeconds(5));
      assertThat(isCopying()).as("the copy is still in QEMU").isTrue();
      scratch.goOn();
      backup.await().assertExit(9);
      Debris.assertNoneIn(machine, scratch.folder(), 1);
    }
    backUpIncrementallyAndRestore();
  }

  @Test
  void aClientKilledWhileTheDisksAreCopiedIsTidiedUpByTheNextRun() {
    stage.backup(machine);
    machine.disk("alpha").write(2 * CHUNK, 1000);
    startSlowCopy().kill();
    assertThat(isCopying()).as("jobs of the dead client").isTrue();
    machine.assertUnharmed();
    machine.disk("alpha").write(6 * CHUNK, 1000);
    backUpIncrementallyAndRestore();
  }

  @Test
  void aClientKilledAfterTheCopyIsTidiedUpByTheNextRun() {
    stage.backup(machine);
    Stage.fill(machine.disk("alpha"), 8 * MIB, 12 * MIB);
    stage
        .startBackup(machine, "--rate", "2M")
        .until("the instant", () -> Stage.instantIsTaken(machine))
        .kill();
    machine.disk("alpha").write(6 * CHUNK, 1000);
    backUpIncrementallyAndRestore();
  }

  @Test
  void aBackupCancelledWhileTheDisksAreCopiedTidiesUpItself() {
    stage.backup(machine);
    machine.disk("alpha").write(2 * CHUNK, 1000);
    startSlowCopy().terminate().assertExit(143);
    Debris.assertNoneIn(machine, stage.scratch(), 1);
    backUpIncrementallyAndRestore();
  }

  @Test
  void theDeadlineEndsTheCopyToo() {
    Outcome outcome = startSlowCopy("--deadline", "8s").await().assertExit(12);
    Debris.assertNoneIn(machine, stage.scratch(), 0);
    assertThat(outcome.summary().get("success").asBoolean()).isFalse();
  }

  @Test
  void aScratchDirectoryWithoutRoomIsRefusedWithTheNumbers() throws Exception {
    Path small = Files.createDirectory(folder.resolve("small"));
    Processes.Result mounted =
        Processes.tryRun(List.of("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", small + ""));
    assumeTrue(mounted.status() == 0, "only root can mount a small file system");
    try {
      Outcome outcome = stage.startBackup(machine, small).await().assertExit(11);
      assertThat(outcome.summary().at("/error/cause").asText())
          .contains("iothread", "MiB", small.toString());
      assertThat(outcome.summary().at("/error/remedy").asText()).contains("--scratch");
      Debris.assertNoneIn(machine, small, 0);
    } finally {
      Processes.tryRun(List.of("umount", "-l", small.toString()));
    }
  }

  private void backUpIncrementallyAndRestore() {
    Outcome next = stage.backup(machine);
    next.disk(alpha).assertIncremental();
    next.disk(beta).assertIncremental();
    stage.assertRestores(next.snapshot(), machine, machine.content());
  }

  /** A backup whose jobs were slowed down as soon as they could be seen. */
  private RunningQmpbs startSlowCopy(String... more) {
    machine.disk("alpha").flush();
    RunningQmpbs backup = stage.startBackup(machine, more);
    backup.until("the copy", this::isCopying);
    speed(1 << 16);
    return backup;
  }

  private boolean isCopying() {
    for (JsonNode job : machine.monitor().execute("query-block-jobs")) {
      if (!job.path("status").asText().equals("concluded")) {
        return true;
      }
    }
    return false;
  }

  private void speed(long bytesPerSecond) {
    for (JsonNode job : machine.monitor().execute("query-block-jobs")) {
      machine
          .monitor()
          .request(
              "block-job-set-speed",
              Map.of("device", job.path("device").asText(), "speed", bytesPerSecond));
    }
  }
}
