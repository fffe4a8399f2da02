package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.pbs.Timeouts;

/**
 * What a line does that no server can be told to do: hang half-open, come and go, break anywhere.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LineTest {
  private static final int MIB = 1 << 20;
  private static final boolean ALL = "all".equals(System.getProperty("qmpbs.cuts"));
  private static final Timeouts TIMEOUTS =
      new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(10));

  /** A dead line is noticed after two unanswered pings. */
  private static final Timeouts IMPATIENT =
      new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(2));

  private final CutScript script = new CutScript();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "test-timer"));
  private TestServer server;
  private TcpProxy line;
  private QemuMachine machine;
  private InProcess qmpbs;
  private Path folder;
  private Path scratch;
  private long time = 1_700_000_000L;
  private int writes;

  @BeforeAll
  void start(@TempDir Path shared) throws Exception {
    folder = shared;
    scratch = Files.createDirectories(shared.resolve("scratch"));
    server = TestServer.failing(shared.resolve("server"), script);
    line = TcpProxy.to(server.port());
    qmpbs = new InProcess(line.through(server.environment()), TIMEOUTS);
    machine =
        QemuMachine.in(shared).disk(DiskPlan.of("alpha", ImageFormat.QCOW2, 40 * MIB)).start();
    Stage.fill(machine.disk("alpha"), 0, 20 * MIB);
    backup("--retry", "0").assertDone();
  }

  @AfterEach
  void heal() {
    script.record();
    line.heal();
  }

  @AfterAll
  void stop() {
    timer.shutdownNow();
    machine.close();
    line.close();
    server.close();
  }

  @Test
  void aLineThatStallsInAnUploadEndsTheBackupSoonAndTheNextOneIsIncremental() {
    // At the end the server is asked again and again, each time until the timeout.
    for (String call :
        ALL ? List.of("POST /fixed_chunk", "POST /finish") : List.of("POST /fixed_chunk")) {
      guestWrites();
      script.at(call, line::stall);
      long start = System.nanoTime();
      Outcome outcome =
          new InProcess(line.through(server.environment()), IMPATIENT)
              .run(arguments("--retry", "0"));
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      // A stalled line takes the end of the backup with it: nobody can be asked.
      outcome.assertExit(call.equals("POST /finish") ? 14 : 7);
      assertThat(took).isLessThan(Duration.ofSeconds(90));
      machine.assertUnharmed();
      heal();
      server.awaitNoSession();
      assertNextIsIncrementalAndRight();
    }
  }

  @Test
  void aServerThatRestartsIsWaitedForByBackupAndRestore() {
    guestWrites();
    script.at("POST /fixed_chunk", this::restart);
    Outcome outcome = backup("--retry", "3", "--retry-delay", "1s").assertDone();
    assertThat(outcome.summary().get("retries").asInt()).isPositive();
    assertRight(outcome, "--retry", "0");

    script.at("GET /chunk", this::restart);
    Outcome restore = assertRight(outcome, "--retry", "3", "--retry-delay", "1s");
    assertThat(restore.summary().get("retries").asInt()).isPositive();
    assertThat(restore.summary().at("/archives/0/chunks_received").asInt())
        .as("no chunk was given up for the restart: %s", restore)
        .isLessThanOrEqualTo(6);
  }

  @Test
  void aLineThatBreaksAfterAnyNumberOfBytesHarmsNothing() {
    Random random = new Random(20261121);
    for (int i = 0; i < (ALL ? 60 : 3); i++) {
      guestWrites();
      if (random.nextBoolean()) {
        line.abortInsteadOfEnd();
      }
      long before = line.forwarded();
      line.cutAfter(random.nextInt(ALL ? 60_000 : 20_000));
      Outcome outcome = backup("--retry", "0");
      assertThat(outcome.exitCode()).as("%s", outcome).isIn(0, 7);
      assertThat(line.forwarded()).isGreaterThan(before);
      heal();
      Debris.assertNoneIn(machine, scratch, 1);
      server.awaitNoSession();
      assertNextIsIncrementalAndRight();
    }
  }

  private void restart() {
    line.refuse();
    timer.schedule(line::heal, 500, TimeUnit.MILLISECONDS);
  }

  private Outcome backup(String... more) {
    return qmpbs.run(arguments(more));
  }

  private String[] arguments(String... more) {
    List<String> arguments = new ArrayList<>(List.of("backup", "--backup-id", "line"));
    arguments.addAll(List.of("--qmp", machine.qmpSocket().toString()));
    arguments.addAll(List.of("--scratch", scratch.toString()));
    arguments.addAll(List.of("--backup-time", Long.toString(time++)));
    arguments.addAll(List.of("--output-format", "json"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private void guestWrites() {
    machine.disk("alpha").write(writes++ % 5 * 4L * MIB + 100, 3000);
  }

  private void assertNextIsIncrementalAndRight() {
    Outcome next = backup("--retry", "0").assertDone();
    next.disk(machine.disk("alpha").plan()).assertIncremental();
    Debris.assertNoneIn(machine, scratch, 1);
    assertRight(next, "--retry", "0");
  }

  private Outcome assertRight(Outcome backup, String... more) {
    Path target = folder.resolve("restored.raw");
    List<String> arguments = new ArrayList<>(List.of("restore", backup.snapshot()));
    arguments.addAll(List.of("drive-alpha.img", target.toString(), "--force"));
    arguments.addAll(List.of("--output-format", "json"));
    arguments.addAll(List.of(more));
    Outcome outcome = qmpbs.run(arguments.toArray(String[]::new)).assertDone();
    machine.disk("alpha").model().assertIsContentOf(target);
    return outcome;
  }
}
