package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever the agent does, nothing stays frozen and nothing is said that is not so. */
@Timeout(120)
class GuestFreezeTest {
  /** Never reached, however busy the host is, but by the tests that are about it. */
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final Duration SHORT = Duration.ofSeconds(3);

  @TempDir Path folder;
  private BackupScene scene;
  private FakeAgent agent;
  private final List<Integer> frozenAtInstant = new ArrayList<>();
  private Duration limit = LIMIT;

  @BeforeEach
  void begin() throws IOException {
    scene = new BackupScene(folder.resolve("scene"));
    agent = new FakeAgent(folder);
    Runnable instant = scene.machine.afterInstant;
    scene.machine.afterInstant =
        () -> {
          frozenAtInstant.add(agent.frozen);
          instant.run();
        };
  }

  @AfterEach
  void end() {
    agent.close();
  }

  private BackupSummary backUp(FreezeMode mode) throws IOException {
    scene.freeze = new FreezeOptions(mode, agent.socket, limit);
    return scene.job().run();
  }

  @Test
  void allIsFrozenAtTheInstantAndThawedAfterIt() throws IOException {
    FreezeReport report = backUp(FreezeMode.REQUIRE).freeze();
    assertThat(frozenAtInstant).containsExactly(2);
    assertThat(agent.frozen).isZero();
    assertThat(report.held()).isTrue();
    assertThat(report.fileSystems()).isEqualTo(2);
    assertThat(report.reason()).isNull();
    assertThat(scene.warnings).isEmpty();
    scene.assertNoDebris();
    scene.assertLastSnapshotIsTheInstant();
  }

  @Test
  void theRecordIsThereBeforeAnythingIsFrozenAndGoneWhenAllIsThawed() throws IOException {
    List<Boolean> recorded = new ArrayList<>();
    agent.before =
        command -> {
          if (command.equals(FakeAgent.FREEZE)) {
            recorded.add(!records().isEmpty());
          }
        };
    backUp(FreezeMode.REQUIRE);
    assertThat(recorded).containsExactly(true);
    assertThat(scene.steps.done()).containsSubsequence("guard", "instant");
    scene.assertNoDebris();
  }

  private List<Path> records() {
    try (Stream<Path> files = Files.walk(scene.folder, 2)) {
      return files.filter(file -> file.endsWith(FreezeRecord.FILE_NAME)).toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** What can be wrong with a guest. */
  enum Trouble {
    NO_MACHINE_THERE(agent -> agent.close(), "cannot connect"),
    MAY_NOT(agent -> agent.faults.put("guest-info", r -> r.replace("true", "false")), "may not"),
    FROZEN_BY_SOMEBODY(agent -> agent.saysFrozen = true, "by somebody else"),
    NOTHING_TO_FREEZE(agent -> agent.fileSystems = 0, "no file system"),
    REFUSES(agent -> agent.faults.put(FakeAgent.FREEZE, r -> FakeAgent.refusal("busy")), "busy"),
    SLOW_TO_FREEZE(
        agent -> agent.faults.put(FakeAgent.FREEZE, r -> sleep(SHORT.multipliedBy(2), r)),
        "did not answer guest-fsfreeze-freeze"),
    ENDS_WHEN_IT_FREEZES(agent -> agent.faults.put(FakeAgent.FREEZE, r -> end()), "closed"),
    TALKS_NONSENSE(agent -> agent.faults.put(FakeAgent.FREEZE, r -> "abracadabra"), "JSON"),
    THAWS_BY_ITSELF(
        agent -> agent.before = command -> agent.frozen = still(command, agent), "by itself"),
    THAWS_ONE_BY_ITSELF(
        agent -> agent.before = command -> agent.frozen = Math.min(1, agent.frozen), "only 1 of 2"),
    WINDOWS(
        agent -> agent.faults.put(FakeAgent.THAW, r -> FakeAgent.refusal("couldn't hold writes")),
        "couldn't hold writes"),
    ENDS_WHEN_IT_THAWS(agent -> agent.faults.put(FakeAgent.THAW, r -> end()), "not sure");

    private final Consumer<FakeAgent> begin;
    private final String said;

    Trouble(Consumer<FakeAgent> begin, String said) {
      this.begin = begin;
      this.said = said;
    }

    private static int still(String command, FakeAgent agent) {
      return command.equals(FakeAgent.THAW) ? 0 : agent.frozen;
    }

    private static String sleep(Duration time, String answer) throws InterruptedException {
      TimeUnit.MILLISECONDS.sleep(time.toMillis());
      return answer;
    }

    private static String end() throws IOException {
      throw new IOException("the agent ends");
    }
  }

  private void assertNothingIsFrozen(Trouble trouble) {
    assertThat(agent.frozen).isZero();
    if (trouble == Trouble.FROZEN_BY_SOMEBODY) {
      assertThat(agent.saysFrozen).isTrue();
      assertThat(agent.asked).doesNotContain(FakeAgent.FREEZE, FakeAgent.THAW);
    } else if (agent.asked.contains(FakeAgent.FREEZE)) {
      assertThat(agent.asked).contains(FakeAgent.THAW);
    }
    scene.assertNoDebris();
  }

  @ParameterizedTest
  @EnumSource
  void tryGoesOnWithAWarningThatSaysWhy(Trouble trouble) throws IOException {
    trouble.begin.accept(agent);
    limit = trouble == Trouble.SLOW_TO_FREEZE ? SHORT : LIMIT;
    BackupSummary summary = backUp(FreezeMode.TRY);
    assertThat(summary.freeze().held()).isFalse();
    assertThat(summary.freeze().reason()).contains(trouble.said);
    assertThat(summary.warnings())
        .singleElement()
        .asString()
        .contains("not frozen", trouble.said, "power failure");
    assertThat(summary.leftovers()).isEmpty();
    assertNothingIsFrozen(trouble);
    scene.assertLastSnapshotIsTheInstant();
  }

  @ParameterizedTest
  @EnumSource
  void requireEndsTheBackupBeforeAnythingIsSent(Trouble trouble) {
    trouble.begin.accept(agent);
    limit = trouble == Trouble.SLOW_TO_FREEZE ? SHORT : LIMIT;
    assertThatThrownBy(() -> backUp(FreezeMode.REQUIRE))
        .isInstanceOf(FreezeException.class)
        .hasMessageContaining(trouble.said);
    assertThat(scene.machine.opened).isEmpty();
    assertThat(scene.server.snapshots).isEmpty();
    assertNothingIsFrozen(trouble);
    for (String disk : scene.machine.disks.keySet()) {
      assertThat(scene.machine.ours(disk)).isEmpty();
    }
  }

  @Test
  void anInstantThatTakesTooLongDoesNotHoldTheGuest() throws IOException {
    limit = SHORT;
    List<Integer> frozenMeanwhile = new ArrayList<>();
    Runnable instant = scene.machine.afterInstant;
    scene.machine.afterInstant =
        () -> {
          instant.run();
          long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
          while (agent.frozen > 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
          }
          frozenMeanwhile.add(agent.frozen);
        };
    BackupSummary summary = backUp(FreezeMode.TRY);
    assertThat(frozenMeanwhile).containsExactly(0);
    assertThat(summary.freeze().held()).isFalse();
    assertThat(summary.freeze().reason()).contains("thawed after 3000 ms");
    scene.assertNoDebris();
  }

  @Test
  void aFailureOfTheInstantThaws() {
    scene.machine.afterInstant =
        () -> {
          throw new IllegalStateException("QEMU is in a bad mood");
        };
    assertThatThrownBy(() -> backUp(FreezeMode.TRY)).hasMessageContaining("bad mood");
    assertThat(agent.frozen).isZero();
    assertThat(records()).isEmpty();
  }

  @Test
  void cancelledAtAnyCommandTheGuestIsThawed() throws IOException {
    backUp(FreezeMode.REQUIRE);
    int commands = agent.asked.size();
    assertThat(commands).isEqualTo(5);
    for (int at = 1; at <= commands; at++) {
      agent.asked.clear();
      int when = at;
      scene.freeze = new FreezeOptions(FreezeMode.REQUIRE, agent.socket, LIMIT);
      BackupJob job = scene.job();
      agent.before =
          command -> {
            if (agent.asked.size() == when) {
              job.cancel();
            }
          };
      scene.ticker.sleep(Duration.ofSeconds(60));
      assertThatThrownBy(job::run).isInstanceOf(JobCancelledException.class);
      assertThat(agent.frozen).as("cancelled at %s", agent.asked).isZero();
      scene.assertNoDebris();
    }
  }

  @Test
  void whatCannotBeThawedIsALeftoverAndTheNextBackupThawsIt() throws IOException {
    agent.faults.put(FakeAgent.THAW, right -> stayFrozen());
    BackupSummary first = backUp(FreezeMode.TRY);
    assertThat(first.freeze().held()).isFalse();
    assertThat(first.leftovers()).singleElement().asString().contains("may still be frozen");
    assertThat(agent.frozen).isEqualTo(2);
    assertThat(records()).hasSize(1);
    assertThat(LeftFreeze.in(scene.folder))
        .singleElement()
        .satisfies(
            left -> {
              assertThat(left.agentSocket()).isEqualTo(agent.socket);
              assertThat(left.alive()).isFalse();
            });

    agent.faults.clear();
    scene.freeze = FreezeOptions.OFF;
    scene.ticker.sleep(Duration.ofSeconds(60));
    scene.job().run();
    assertThat(agent.frozen).isZero();
    assertThat(scene.notes).anyMatch(line -> line.contains("thawed"));
    scene.assertNoDebris();
  }

  private String stayFrozen() {
    agent.frozen = 2;
    agent.saysFrozen = true;
    return FakeAgent.refusal("a hook hangs");
  }

  @Test
  void recoverThawsWhatADeadRunFrozeAndLeavesALiveOneAlone() throws IOException {
    Path monitor = Files.createFile(folder.resolve("monitor"));
    Path dead = Files.createDirectory(scene.folder.resolve("qmpbs-00000001"));
    Files.createFile(dead.resolve(RunDirectory.LOCK));
    new FreezeRecord(agent.socket).write(dead);
    agent.frozen = 2;
    agent.saysFrozen = true;
    Recovery recovery = new Recovery(scene.machine::connect, monitor, scene.folder);
    assertThat(recovery.run().removed().get(0)).contains("thawed");
    assertThat(agent.frozen).isZero();
    assertThat(dead).doesNotExist();

    agent.asked.clear();
    try (RunDirectory live =
        RunDirectory.create(scene.folder, monitor, (path, size) -> {}, new Random(1))) {
      new FreezeRecord(agent.socket).write(live.path());
      agent.saysFrozen = true;
      assertThat(recovery.run().removed()).isEmpty();
      assertThat(agent.asked).isEmpty();
      Files.delete(FreezeRecord.in(live.path()));
    }
  }

  @Test
  void recoverSaysWhatSomebodyElseFrozeAndLeavesItSo() throws IOException {
    Path monitor = Files.createFile(folder.resolve("monitor"));
    agent.frozen = 2;
    agent.saysFrozen = true;
    Recovery.Result result =
        new Recovery(scene.machine::connect, monitor, scene.folder).askAgent(agent.socket).run();
    assertThat(result.left()).singleElement().asString().contains("frozen", "left so");
    assertThat(agent.frozen).isEqualTo(2);
  }

  @Test
  void aMachineThatIsGoneHasNothingFrozen() throws IOException {
    Path dead = Files.createDirectory(scene.folder.resolve("qmpbs-00000001"));
    Files.createFile(dead.resolve(RunDirectory.LOCK));
    new FreezeRecord(agent.socket).write(dead);
    agent.close();
    scene.freeze = FreezeOptions.OFF;
    scene.job().run();
    assertThat(dead).doesNotExist();
    assertThat(scene.warnings).isEmpty();
  }

  @Test
  void aRecordThatIsNotCompleteIsOfAFreezeThatNeverBegan() throws IOException {
    new FreezeRecord(agent.socket).write(folder);
    String whole = Files.readString(FreezeRecord.in(folder));
    assertThat(FreezeRecord.read(folder)).contains(new FreezeRecord(agent.socket));
    List<String> broken =
        new ArrayList<>(List.of("{}\n", "[7]\n", "\u0000\n", "{\"agent_socket\": 1}\n"));
    for (int length = 0; length < whole.length(); length++) {
      broken.add(whole.substring(0, length));
    }
    broken.add("{\"agent_socket\": \"a\\u0000b\"}\n");
    broken.add(" ".repeat(100_000) + whole);
    for (String text : broken) {
      Files.writeString(FreezeRecord.in(folder), text);
      assertThat(FreezeRecord.read(folder)).as(text).isEmpty();
    }
  }
}
