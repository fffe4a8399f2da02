package org.qmpbs.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qmpbs.machine.TwoDisks.VD0;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.machine.FaultyMonitor.Fault;
import org.qmpbs.qmp.QmpClient;

/** A backup may die or be refused at each command: nothing may stay, and the guest runs on. */
class DeadRunTest {
  private static final String TRUSTED = "qmpbs:t:1:n";
  static final String NEW = "qmpbs:t:2:n";

  @TempDir Path directory;

  interface Check {
    void of(Qemu qemu, int commands, String last) throws Exception;
  }

  /** Runs takeInstant with a fault at each of its commands, on one machine. */
  private void atEachCommand(Fault fault, Check check) throws Exception {
    try (Qemu qemu = TwoDisks.start(directory)) {
      atEachCommand(directory, qemu, fault, check, machine -> {}, 1);
    }
  }

  /**
   * The same on a machine that is there.
   *
   * @param prepared done to each machine object first
   * @param stride 1 for each command
   */
  static void atEachCommand(
      Path directory, Qemu qemu, Fault fault, Check check, Consumer<Machine> prepared, int stride)
      throws Exception {
    try (Machine machine = qemu.connect()) {
      for (Disk disk : machine.disks()) {
        machine.addBitmap(disk, TRUSTED);
      }
    }
    List<String> roots = qemu.disks().stream().map(Disk::rootNode).toList();
    boolean reached = true;
    int commands = 0;
    for (; reached; commands += stride) {
      Path scratch = Files.createDirectory(directory.resolve("scratch" + commands));
      FaultyMonitor monitor =
          new FaultyMonitor(
              QmpClient.connect(qemu.monitor, QmpClient.GREETING_DEADLINE, Qemu.TIMEOUT), fault);
      String last = "";
      try (Machine machine = new Machine(monitor, qemu.monitor, Qemu.TIMEOUT)) {
        prepared.accept(machine);
        List<DiskRequest> requests = TwoDisks.requests(machine, NEW, TRUSTED);
        monitor.start(commands);
        try {
          MachineInstant instant =
              machine.takeInstant(
                  TwoDisks.RUN, requests, qemu.scratch(scratch), scratch.resolve("nbd"), scratch);
          // A refused question may be tolerated; then the instant must be as good as any.
          reached = monitor.hasFailed();
          monitor.start(Integer.MAX_VALUE);
          instant.verify();
          instant.close();
          machine.disks().forEach(disk -> remove(machine, disk));
        } catch (IOException e) {
          assertThat(monitor.hasFailed()).as("%s", e).isTrue();
          last = monitor.lastCommand();
        }
      }
      check.of(qemu, commands, last);
      assertThat(qemu.ours()).as("after %d commands", commands).matches(Leftovers::isEmpty);
      assertThat(qemu.ask("query-block-exports")).isEmpty();
      assertThat(qemu.ask("query-jobs")).isEmpty();
      assertThat(qemu.status()).isEqualTo("running");
      assertThat(qemu.disks()).extracting(Disk::rootNode).isEqualTo(roots);
      assertThat(qemu.disks())
          .allSatisfy(
              disk -> {
                Bitmap bitmap = disk.bitmap(TRUSTED).orElseThrow();
                assertThat(bitmap.recording()).isTrue();
                assertThat(bitmap.busy()).isFalse();
              });
      qemu.guestWrites(VD0, 1 + commands % 200, "0 64k");
    }
    assertThat(commands).as("commands of one instant").isGreaterThan(20);
    qemu.quit();
    assertThat(qemu.writesThatFailed()).isEmpty();
  }

  private static void remove(Machine machine, Disk disk) {
    try {
      machine.removeBitmap(disk, NEW);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  @Timeout(300)
  void theNextRunSweepsWhatARunLeftThatDiedAtAnyCommand() throws Exception {
    atEachCommand(Fault.CLIENT_DIES, (qemu, commands, last) -> sweep(qemu));
  }

  static void sweep(Qemu qemu) throws IOException {
    try (Machine next = qemu.connect()) {
      Leftovers dead = next.leftovers();
      assertThat(dead.runs()).isSubsetOf(TwoDisks.RUN);
      assertThat(dead.scratchFiles().isEmpty()).isEqualTo(dead.isEmpty());
      next.sweep(dead);
      assertThat(next.leftovers().isEmpty()).isTrue();
      next.disks().forEach(disk -> remove(next, disk));
    }
  }

  @Test
  @Timeout(300)
  void aCommandThatFailsUndoesEverythingTheNewBitmapsToo() throws Exception {
    atEachCommand(
        Fault.COMMAND_FAILS,
        (qemu, commands, last) ->
            assertThat(qemu.disks())
                .as("after %d commands, the last %s", commands, last)
                .allSatisfy(disk -> assertThat(disk.bitmap(NEW)).isEmpty()));
  }

  @Test
  void sweepLetsAMachineContinueThatADeadRunStopped() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory)) {
      try (QmpClient client =
          QmpClient.connect(qemu.monitor, QmpClient.GREETING_DEADLINE, Qemu.TIMEOUT)) {
        scratchNode(qemu, client);
        new PauseMark(client, new RunNames(TwoDisks.RUN)).set();
        client.execute("stop");
      }
      try (Machine next = qemu.connect()) {
        Leftovers dead = next.leftovers();
        assertThat(dead.pauseInterrupted()).isTrue();
        assertThat(dead.scratchFiles()).containsExactly(directory.resolve("s0.qcow2"));
        next.sweep(dead);
      }
      assertThat(qemu.status()).isEqualTo("running");
      assertThat(qemu.ours().isEmpty()).isTrue();
    }
  }

  @Test
  void sweepLeavesAMachinePausedThatItsOwnerPaused() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory)) {
      try (QmpClient client =
          QmpClient.connect(qemu.monitor, QmpClient.GREETING_DEADLINE, Qemu.TIMEOUT)) {
        scratchNode(qemu, client);
        client.execute("stop");
      }
      try (Machine next = qemu.connect()) {
        next.sweep(next.leftovers());
      }
      assertThat(qemu.status()).isEqualTo("paused");
      assertThat(qemu.ours().isEmpty()).isTrue();
    }
  }

  private void scratchNode(Qemu qemu, QmpClient client) throws IOException {
    com.fasterxml.jackson.databind.node.ObjectNode node =
        Json.object("driver", "qcow2").put("node-name", new RunNames(TwoDisks.RUN).scratch(0));
    node.set(
        "file",
        Json.object("driver", "file")
            .put("node-name", new RunNames(TwoDisks.RUN).scratchFile(0))
            .put("filename", qemu.scratch().create("s0", 16 << 20).toString()));
    client.execute("blockdev-add", node);
  }

  @Test
  @Timeout(60)
  void theGuardLetsTheMachineContinueWhenTheBackupIsKilledWhileItIsStopped() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory)) {
      Process backup =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  HangsWhileStopped.class.getName(),
                  directory.toString())
              .redirectError(directory.resolve("backup.log").toFile())
              .start();
      assertThat((char) backup.getInputStream().read())
          .as(Files.readString(directory.resolve("backup.log")))
          .isEqualTo('S');
      assertThat(qemu.status()).isEqualTo("paused");
      backup.destroyForcibly().waitFor();
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (!qemu.status().equals("running") && System.nanoTime() < deadline) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
      assertThat(qemu.status()).isEqualTo("running");
      try (Machine next = qemu.connect()) {
        assertThat(next.leftovers().isEmpty()).isFalse();
        next.sweep(next.leftovers());
      }
      assertThat(qemu.ours().isEmpty()).isTrue();
      assertThat(directory.resolve("qmpbs-" + TwoDisks.RUN + "-guard.log"))
          .content()
          .contains("continues now");
      qemu.guestWrites(VD0, 1, "0 64k");
      qemu.quit();
    }
  }
}
