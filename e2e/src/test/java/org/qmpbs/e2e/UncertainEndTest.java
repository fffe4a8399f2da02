package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.e2e.server.Fault;

/**
 * Between the last byte and the server's answer nobody knows whether the snapshot exists. Whatever
 * is true then, the next backup builds on the right bitmap.
 */
class UncertainEndTest {
  private static final int MIB = 1 << 20;

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
  void anEndThatWasDoneButNotAnsweredIsASuccessWithAWarning() {
    try (QemuMachine machine = machine()) {
      Stage stage = new Stage(folder, server);
      stage.backup(machine);
      write(machine, 4);

      AT_FINISH.set(new Fault.SwallowAnswer());
      Outcome outcome = stage.backup(machine);

      assertThat(outcome.summary().path("warnings").toString()).contains("did finish it");
      Debris.assertNoneIn(machine, stage.scratch(), 1);
      write(machine, 5);
      assertNextIsIncrementalAndRight(machine, stage);
    }
  }

  @Test
  void anEndThatNeverReachedTheServerIsAFailureThatLosesNothing() {
    try (QemuMachine machine = machine()) {
      Stage stage = new Stage(folder, server);
      stage.backup(machine);
      write(machine, 4);

      AT_FINISH.set(new Fault.Close());
      Outcome outcome = stage.startBackup(machine).await();

      assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(7);
      Debris.assertNoneIn(machine, stage.scratch(), 1);
      assertNextIsIncrementalAndRight(machine, stage);
    }
  }

  @Test
  void aKillAfterTheServersEndAndBeforeOursLeavesTheNewBitmapAsTheTrueOne() {
    try (QemuMachine machine = machine()) {
      Stage stage = new Stage(folder, server);
      stage.backup(machine);
      write(machine, 4);

      AT_FINISH.set(new Fault.NeverAnswer());
      long finished = finishCalls();
      RunningQmpbs backup =
          stage.startBackup(machine).until("the finish call", () -> finishCalls() > finished);
      // The call is carried out before it is left unanswered; a finished session lists its
      // snapshot.
      backup.until("two snapshots", () -> stage.snapshots() == 2).kill();
      machine.assertUnharmed();
      write(machine, 5);

      assertNextIsIncrementalAndRight(machine, stage);
      Debris.assertNoneIn(machine, stage.scratch(), 1);
    }
  }

  private static long finishCalls() {
    return server.calls().stream().filter(call -> call.contains("/finish")).count();
  }

  private QemuMachine machine() {
    QemuMachine machine =
        QemuMachine.in(folder).disk(DiskPlan.of("alpha", ImageFormat.QCOW2, 40 * MIB)).start();
    machine.disks().forEach(disk -> Stage.fill(disk, 0, 8 * MIB));
    return machine;
  }

  private static void write(QemuMachine machine, int chunk) {
    machine.disks().forEach(disk -> disk.write(chunk * 4L * MIB + 100, 3000));
  }

  private static void assertNextIsIncrementalAndRight(QemuMachine machine, Stage stage) {
    Outcome outcome = stage.backup(machine);
    machine.disks().forEach(disk -> outcome.disk(disk.plan()).assertIncremental());
    stage.assertRestores(outcome.snapshot(), machine, machine.content());
  }
}
