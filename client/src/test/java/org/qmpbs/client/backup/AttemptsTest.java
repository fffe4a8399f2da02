package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qmpbs.client.backup.ReadPlan.Incremental;
import org.qmpbs.client.retry.Retries;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.PbsFailures;
import org.qmpbs.pbs.ServerProblem;
import org.qmpbs.pbs.ServerUnreachableException;
import org.qmpbs.pbs.ServerUnreachableException.Stage;
import org.qmpbs.pbs.SessionLostException;

@Timeout(60)
class AttemptsTest {
  private static final Patience THREE = new Patience(Retries.DEFAULT, Duration.ZERO);

  @TempDir Path temp;
  private BackupScene scene;

  @BeforeEach
  void setUp() throws IOException {
    scene = new BackupScene(temp.resolve("scratch"));
    scene.begin();
    scene.patience = THREE;
  }

  private static void lose() throws IOException {
    throw PbsFailures.lost("the connection broke", null);
  }

  @Test
  void aConnectionLostAtAnyStepIsMadeUpForByAnotherAttemptThatIsIncrementalAndRight()
      throws IOException {
    scene.job().run();
    List<String> steps = scene.steps.done();
    int retried = 0;
    for (String step : new TreeSet<>(steps)) {
      int number = steps.lastIndexOf(step);
      BackupScene cut = new BackupScene(temp.resolve("s" + number));
      cut.begin();
      cut.patience = THREE;
      cut.steps.failAtNumber(number, AttemptsTest::lose);
      BackupSummary summary = cut.job().run();
      String at = cut.steps.done().get(number) + ", step " + number;
      retried += summary.retries();
      assertThat(summary.disks()).as(at).allMatch(disk -> disk.plan() instanceof Incremental);
      if (summary.retries() > 0) {
        assertThat(summary.warnings()).as(at).anyMatch(line -> line.contains("retry 1 of 3"));
        cut.assertBitmapsAreThoseOfTheLastSnapshot();
      }
      cut.assertLastSnapshotIsTheInstant();
      cut.assertNoDebris();
    }
    assertThat(retried).isGreaterThan(15);
  }

  @Test
  void aConnectionThatBreaksEveryTimeIsGivenUpAfterTheLastPause() throws IOException {
    scene.steps.failAlwaysAfter(0, "upload", AttemptsTest::lose);
    Duration before = scene.ticker.slept();
    assertThatThrownBy(() -> scene.job().run())
        .isInstanceOf(SessionLostException.class)
        .hasRootCauseMessage("the connection broke");
    assertThat(scene.server.sessions).isEqualTo(5);
    assertThat(scene.ticker.slept().minus(before))
        .isBetween(Duration.ofSeconds(430), Duration.ofSeconds(645));
    assertThat(scene.warnings)
        .filteredOn(line -> line.contains("trying again in"))
        .hasSize(3)
        .allMatch(line -> line.contains("the connection broke"));
    scene.steps.heal();
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
    scene.assertNoDebris();
    assertThat(scene.backUp().disks()).allMatch(disk -> disk.plan() instanceof Incremental);
    scene.assertLastSnapshotIsTheInstant();
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerProblem.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NO_BASE", "BASE_REMOVED", "NOT_READY"})
  void aRefusalIsNeverTriedAgain(ServerProblem problem) throws IOException {
    for (String step : List.of("start", "upload")) {
      BackupScene refused = new BackupScene(temp.resolve(step));
      refused.begin();
      refused.patience = THREE;
      refused.steps.failAlwaysAfter(
          0,
          step,
          () -> {
            throw PbsFailures.refusal(problem, "no");
          });
      Duration before = refused.ticker.slept();
      assertThatThrownBy(() -> refused.job().run()).isInstanceOf(PbsException.class);
      assertThat(refused.ticker.slept()).isEqualTo(before);
    }
  }

  @Test
  void aServiceThatIsStartingIsWaitedFor() throws IOException {
    scene.steps.failAt(
        "list",
        () -> {
          throw PbsFailures.refusal(ServerProblem.NOT_READY, "Bad Gateway");
        });
    assertThat(scene.job().run().retries()).isEqualTo(1);
  }

  @Test
  void aNameThatMeansNothingIsAMisspellingUnlessTheServerWasThereBefore() throws IOException {
    scene.steps.failAt(
        "list",
        () -> {
          throw PbsFailures.unreachable(Stage.NAME);
        });
    assertThatThrownBy(() -> scene.job().run()).isInstanceOf(ServerUnreachableException.class);

    scene.steps.failAt(
        "upload",
        () -> {
          scene.steps.failAt(
              "list",
              () -> {
                throw PbsFailures.unreachable(Stage.NAME);
              });
          lose();
        });
    assertThat(scene.job().run().retries()).isEqualTo(2);

    // The first attempt has listed the group by then.
    scene.steps.failAt(
        "start",
        () -> {
          throw PbsFailures.unreachable(Stage.NAME);
        });
    assertThat(scene.job().run().retries()).isEqualTo(1);
  }

  @Test
  void theServersLockOfOurOwnLostSessionIsWaitedOutAndCostsNoRetry() throws IOException {
    scene.steps.failAt("upload", () -> lockFor(40, true));
    BackupSummary summary = scene.job().run();
    assertThat(summary.retries()).isEqualTo(1);
    assertThat(scene.notes).filteredOn(note -> note.contains("still holds the group")).hasSize(1);
    scene.assertLastSnapshotIsTheInstant();
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
  }

  @Test
  void aLockThatStaysIsNotOurOwnAndIsGivenUp() throws IOException {
    Duration before = scene.ticker.slept();
    scene.steps.failAt("upload", () -> lockFor(Integer.MAX_VALUE, true));
    assertThatThrownBy(() -> scene.job().run())
        .isInstanceOfSatisfying(
            PbsException.class, e -> assertThat(e.problem()).isEqualTo(ServerProblem.LOCKED));
    assertThat(scene.ticker.slept().minus(before))
        .isBetween(Duration.ofMinutes(15), Duration.ofMinutes(16));
  }

  @Test
  void aServerThatNeverHeardOfUsHoldsNoLockOfOurs() throws IOException {
    List<Steps.Fault> faults =
        List.of(
            () -> {
              throw PbsFailures.unreachable(Stage.CONNECT);
            },
            // It did hear of us, but not that we want the group.
            () -> {
              throw PbsFailures.unreachable(Stage.ANSWER);
            },
            () -> {
              throw PbsFailures.refusal(ServerProblem.NOT_READY, "Bad Gateway");
            });
    for (Steps.Fault fault : faults) {
      scene.steps.failAt(
          "list",
          () -> {
            lockFor(Integer.MAX_VALUE, false);
            fault.strike();
          });
      Duration before = scene.ticker.slept();
      assertThatThrownBy(() -> scene.job().run()).isInstanceOf(PbsException.class);
      assertThat(scene.ticker.slept().minus(before)).isLessThan(Duration.ofMinutes(1));
      scene.steps.heal();
    }
  }

  @Test
  void aGroupThatSomebodyElseHoldsIsWaitedForAsLongAsWasAsked() throws IOException {
    scene.patience = new Patience(Retries.NONE, Duration.ofMinutes(10));
    lockFor(20, false);
    BackupSummary summary = scene.job().run();
    assertThat(summary.retries()).isZero();
    assertThat(summary.warnings()).singleElement().asString().contains("locked", "at most 10m00s");
    scene.assertLastSnapshotIsTheInstant();

    Duration before = scene.ticker.slept();
    lockFor(Integer.MAX_VALUE, false);
    assertThatThrownBy(() -> scene.job().run()).isInstanceOf(PbsException.class);
    // The second start within the same second costs some tenths of a second, too.
    assertThat(scene.ticker.slept().minus(before))
        .isBetween(Duration.ofMinutes(10), Duration.ofSeconds(602));
  }

  @Test
  void anUnknownOutcomeIsNeverTriedAgain() throws IOException {
    scene.server.end = FakeServer.End.NO_ANSWER_BUT_DONE;
    scene.steps.failAlwaysAfter(1, "list", AttemptsTest::lose);
    assertThatThrownBy(() -> scene.job().run()).isInstanceOf(OutcomeUnknownException.class);
    assertThat(scene.server.sessions).isEqualTo(2);
    assertThat(scene.machine.ours("scsi0")).hasSize(2);
  }

  @Test
  void aServerThatRestartsWhileItFinishesIsAskedWhenItIsBack() throws IOException {
    scene.server.end = FakeServer.End.NO_ANSWER_BUT_DONE;
    AtomicInteger refused = new AtomicInteger();
    scene.steps.failAlwaysAfter(
        1,
        "list",
        () -> {
          if (refused.incrementAndGet() == 8) {
            scene.steps.heal();
          }
          throw PbsFailures.unreachable(Stage.CONNECT);
        });
    BackupSummary summary = scene.job().run();
    assertThat(summary.retries()).isZero();
    assertThat(summary.warnings()).anyMatch(line -> line.contains("did finish it"));
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
  }

  @Test
  void anEndThatProvablyDidNotHappenIsTriedAgain() throws IOException {
    scene.server.end = FakeServer.End.NO_ANSWER_AND_GONE;
    scene.steps.failAt("close machine", () -> scene.server.end = FakeServer.End.DONE);
    assertThat(scene.job().run().retries()).isEqualTo(1);
    scene.assertLastSnapshotIsTheInstant();
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
  }

  @Test
  void aCancelledJobIsNotTriedAgain() throws IOException {
    BackupJob job = scene.job();
    scene.steps.failAt(
        "upload",
        () -> {
          job.cancel();
          lose();
        });
    assertThatThrownBy(job::run).isInstanceOf(JobCancelledException.class);
    assertThat(scene.server.sessions).isEqualTo(2);
  }

  /** The group is locked for the next {@code times} sessions that are asked for. */
  private void lockFor(int times, boolean thenLose) throws IOException {
    AtomicInteger left = new AtomicInteger(times);
    scene.steps.failAlwaysAfter(
        0,
        "start",
        () -> {
          if (left.decrementAndGet() == 0) {
            scene.steps.heal();
          }
          throw PbsFailures.refusal(ServerProblem.LOCKED, "possible running backup");
        });
    if (thenLose) {
      lose();
    }
  }
}
