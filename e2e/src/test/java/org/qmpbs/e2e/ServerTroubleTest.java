package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qmpbs.e2e.server.Fault;
import org.qmpbs.pbs.Timeouts;

/**
 * A server that does not want or cannot: each reason has its exit code and its remedy, nothing is
 * tried again although retries are asked for, the machine is as before, and when the trouble is
 * over the next backup is incremental and right.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerTroubleTest {
  private static final int MIB = 1 << 20;
  private static final Timeouts TIMEOUTS =
      new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(10));

  private volatile String troubledCall = "";
  private volatile Fault trouble = new Fault.None();
  private TestServer server;
  private QemuMachine machine;
  private Path folder;
  private Path scratch;
  private long time = 1_700_000_000L;

  @BeforeAll
  void start(@TempDir Path shared) throws Exception {
    folder = shared;
    scratch = Files.createDirectories(shared.resolve("scratch"));
    server =
        TestServer.failing(
            shared.resolve("server"),
            call ->
                !troubledCall.isEmpty() && call.name().endsWith(troubledCall)
                    ? trouble
                    : new Fault.None());
    machine =
        QemuMachine.in(shared).disk(DiskPlan.of("alpha", ImageFormat.QCOW2, 16 * MIB)).start();
    Stage.fill(machine.disk("alpha"), 0, 6 * MIB);
    backup(Map.of()).assertDone();
  }

  @AfterAll
  void stop() {
    machine.close();
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/backup      | 400 | read-only maintenance mode: moving house | 6 | closed by its administrator",
        "/snapshots   | 400 | offline maintenance mode: new disks | 6 | closed by its administrator",
        "/fixed_chunk | 400 | inserting chunk on store 'e2e' failed for 00 - write failed: No space left on device (os error 28) | 6 | Prune and collect garbage",
        "/fixed_chunk | 400 | update atime failed for chunk/file \"/x\" - EPERM: Operation not permitted | 6 | file system",
        "/fixed_index | 400 | unable to create fixed index - EINVAL: Invalid argument | 6 | 16 KiB",
        "/backup      | 400 | unable to acquire lock on backup group - possible running backup | 5 | Another backup of this group",
        "/backup      | 400 | backup owner check failed (test@pbs!tok != root@pam) | 4 | belongs to root@pam",
        "/snapshots   | 401 | authentication failed - API token expired | 4 | not expired",
        "/backup      | 401 | permission check failed. | 4 | not expired",
        "/finish      | 403 | missing permissions 'Datastore.Backup' on '/datastore/e2e' | 4 | DatastoreBackup",
        "/finish      | 400 | unable to update manifest blob - No space left on device (os error 28) | 6 | Prune and collect garbage",
      })
  void aRefusalSaysWhatToDoAndIsNotTriedAgain(
      String call, int status, String text, int exitCode, String remedy) {
    machine.disk("alpha").write(100, 3000);
    long before = calls(call);
    troubledCall = call;
    trouble = new Fault.Answer(status, text);
    Outcome outcome = backup(Map.of(), "--retry", "3").assertExit(exitCode);
    troubledCall = "";

    assertThat(outcome.summary().at("/error/cause").asText()).contains(text);
    assertThat(outcome.summary().at("/error/remedy").asText()).contains(remedy);
    // Several uploads may be under way when the first one is refused.
    assertThat(calls(call) - before).isBetween(1L, call.equals("/fixed_chunk") ? 4L : 1L);
    assertThat(outcome.out()).doesNotContain("trying again");
    Debris.assertNoneIn(machine, scratch, 1);
    server.awaitNoSession();
    assertNextIsIncrementalAndRight();
  }

  @Test
  void aNamespaceThatIsMissingIsNotFoundAndSaysHowToMakeIt() {
    Outcome outcome = backup(Map.of(), "--retry", "3", "--ns", "no/such").assertExit(3);
    assertThat(outcome.summary().at("/error/remedy").asText()).contains("namespace create");
    Debris.assertNoneIn(machine, scratch, 1);
  }

  @Test
  void aWrongPinGetsNothingAndIsNotTriedAgain() {
    String other = server.environment().get("PBS_FINGERPRINT").replaceFirst("^..", "00");
    int before = server.calls().size();
    Outcome outcome = backup(Map.of("PBS_FINGERPRINT", other), "--retry", "3").assertExit(4);
    assertThat(outcome.summary().at("/error/remedy").asText()).contains("PBS_FINGERPRINT");
    assertThat(server.calls()).hasSize(before);
  }

  @Test
  void aClockThatIsBehindSaysBothTimes() {
    // The group is of the year 2023 so far; our clock is wherever it is.
    long later = Instant.now().getEpochSecond() + 86_400;
    InProcess qmpbs = new InProcess(server.environment(), TIMEOUTS);
    qmpbs.run(arguments("ahead", later).toArray(String[]::new)).assertDone();
    List<String> now = arguments("ahead", later);
    now.removeAll(List.of("--backup-time", Long.toString(later)));
    Outcome outcome = qmpbs.run(now.toArray(String[]::new)).assertExit(6);
    assertThat(outcome.summary().at("/error/cause").asText())
        .contains("our clock says", "already has");
  }

  @Test
  void aChunkThatIsGoneIsNamedAtRestoreAndTheNextVerifiedBackupSendsItAgain() throws Exception {
    backup(Map.of()).assertDone();
    Path lost;
    try (Stream<Path> files = Files.walk(server.datastore().resolve(".chunks"))) {
      lost =
          files
              .filter(Files::isRegularFile)
              .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
              .orElseThrow();
    }
    Path aside = folder.resolve("aside");
    Files.move(lost, aside);
    Path target = folder.resolve("damaged.raw");
    Outcome outcome =
        new InProcess(server.environment(), TIMEOUTS)
            .run(
                "restore",
                "vm/trouble",
                "drive-alpha.img",
                target.toString(),
                "--retry",
                "3",
                "--output-format",
                "json")
            .assertExit(10);
    assertThat(outcome.summary().at("/error/cause").asText())
        .containsPattern("chunk [0-9]+ \\(bytes [0-9]+ to [0-9]+");
    assertThat(outcome.out()).doesNotContain("trying again");
    assertThat(target).doesNotExist();
    Files.move(aside, lost);
  }

  private void assertNextIsIncrementalAndRight() {
    Outcome next = backup(Map.of()).assertDone();
    next.disk(machine.disk("alpha").plan()).assertIncremental();
    Path target = folder.resolve("restored.raw");
    new InProcess(server.environment(), TIMEOUTS)
        .run("restore", next.snapshot(), "drive-alpha.img", target.toString(), "--force")
        .assertDone();
    machine.disk("alpha").model().assertIsContentOf(target);
  }

  private long calls(String suffix) {
    return server.calls().stream()
        .filter(call -> call.replaceFirst("\\?.*", "").endsWith(suffix))
        .count();
  }

  private List<String> arguments(String id, long seconds) {
    List<String> arguments = new ArrayList<>(List.of("backup", "--backup-id", id));
    arguments.addAll(List.of("--qmp", machine.qmpSocket().toString()));
    arguments.addAll(List.of("--scratch", scratch.toString()));
    arguments.addAll(List.of("--backup-time", Long.toString(seconds)));
    arguments.addAll(List.of("--output-format", "json"));
    return arguments;
  }

  private Outcome backup(Map<String, String> changes, String... more) {
    Map<String, String> environment = new HashMap<>(server.environment());
    environment.putAll(changes);
    List<String> arguments = arguments("trouble", time++);
    arguments.addAll(List.of(more));
    return new InProcess(environment, TIMEOUTS).run(arguments.toArray(String[]::new));
  }
}
