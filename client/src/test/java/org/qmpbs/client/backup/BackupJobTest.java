package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.client.backup.BackupRequest.DiskSelection;
import org.qmpbs.client.backup.BackupSummary.DiskSummary;
import org.qmpbs.client.backup.ReadPlan.FullRead;
import org.qmpbs.client.backup.ReadPlan.Incremental;
import org.qmpbs.machine.PointInTimeBrokenException;
import org.qmpbs.machine.SkippedDrive;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.PbsFailures;
import org.qmpbs.pbs.ServerProblem;
import org.qmpbs.qmp.QmpCommandException;

@Timeout(120)
class BackupJobTest {
  @TempDir Path temp;
  private BackupScene scene;

  @BeforeEach
  void setUp() throws IOException {
    scene = new BackupScene(temp.resolve("scratch"));
  }

  @Test
  void theFirstBackupReadsEverythingAndLeavesOneBitmapPerDisk() throws IOException {
    BackupSummary summary = scene.backUp();
    assertThat(summary.previous()).isNull();
    assertThat(summary.snapshot().time()).isEqualTo(1_700_000_000L);
    assertThat(summary.skipped())
        .containsExactly(new SkippedDrive("cd0", SkippedDrive.Reason.EMPTY));
    assertThat(summary.warnings()).isEmpty();
    assertThat(reasons(summary))
        .containsExactly(FullReadReason.FIRST_BACKUP, FullReadReason.FIRST_BACKUP);
    for (DiskSummary disk : summary.disks()) {
      assertThat(disk.read() + disk.zero() + disk.reused()).isEqualTo(disk.size());
    }
    // Both disks have two chunks and the zero chunk in common.
    assertThat(summary.disks().get(1).uploadedChunks()).isEqualTo(1);
    scene.assertLastSnapshotIsTheInstant();
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
    scene.assertNoDebris();
  }

  @Test
  void theSecondBackupReadsWhatWasWrittenSince() throws IOException {
    scene.begin();
    scene.machine.disks.get("scsi0").write(10, 99);
    BackupSummary summary = scene.backUp();
    assertThat(summary.previous()).isNotNull();
    assertThat(summary.disks()).allMatch(disk -> disk.plan() instanceof Incremental);
    DiskSummary other = summary.disks().get(1);
    assertThat(other.read() + other.zero()).isEqualTo(Chunks.SIZE);
    assertThat(other.reused()).isEqualTo(BackupScene.SIZE - Chunks.SIZE);
    scene.assertLastSnapshotIsTheInstant();
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
    scene.assertNoDebris();
  }

  @Test
  void aDiskWithoutRoomGetsABitmapInMemoryThatIsTrustedUntilQemuEnds() throws IOException {
    scene.machine.disks.get("scsi0").room = 100_000;
    BackupSummary first = scene.backUp();
    assertThat(first.warnings())
        .singleElement()
        .asString()
        .contains("scsi0", "97.7 KiB left", "256 KiB", "kept in memory only")
        .doesNotContain("virtio1");
    assertThat(first.disks()).extracting(DiskSummary::bitmapStored).containsExactly(false, true);
    assertThat(first.leftovers()).isEmpty();
    assertThat(scene.job().plan().disks())
        .allMatch(disk -> disk.plan() instanceof Incremental)
        .extracting(DiskSummary::bitmapStored)
        .containsExactly(false, true);

    BackupSummary second = scene.backUp();
    assertThat(second.disks()).allMatch(disk -> disk.plan() instanceof Incremental);
    scene.assertLastSnapshotIsTheInstant();

    scene.machine.restart();
    scene.guestWrites();
    BackupSummary third = scene.backUp();
    assertThat(((FullRead) third.disks().get(0).plan()).reason())
        .isEqualTo(FullReadReason.BITMAP_NOT_PERSISTENT);
    assertThat(third.disks().get(1).plan()).isInstanceOf(Incremental.class);
    scene.assertLastSnapshotIsTheInstant();

    scene.machine.disks.get("scsi0").room = 1 << 30;
    BackupSummary fourth = scene.backUp();
    assertThat(fourth.warnings()).isEmpty();
    assertThat(fourth.disks())
        .allMatch(disk -> disk.plan() instanceof Incremental && disk.bitmapStored());
    scene.machine.restart();
    assertThat(scene.backUp().disks()).allMatch(disk -> disk.plan() instanceof Incremental);
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
    scene.assertNoDebris();
  }

  @Test
  void manyBackupsInARowEachAreTheirInstant() throws IOException {
    for (int i = 0; i < 20; i++) {
      scene.backUp();
      scene.assertLastSnapshotIsTheInstant();
      scene.assertBitmapsAreThoseOfTheLastSnapshot();
    }
    assertThat(scene.server.snapshots).hasSize(20);
  }

  @Test
  void theStepsComeInTheirOrder() throws IOException {
    scene.begin();
    scene.job().run();
    List<String> done = scene.steps.done();
    assertThat(done)
        .containsSubsequence(
            "connect",
            "remains",
            "disks",
            "safe",
            "list",
            "start",
            "previous",
            "previous manifest",
            "previous index",
            "previous blob",
            "disks",
            "instant",
            "open",
            "reuse index",
            "verify",
            "close instant",
            "blob",
            "finish",
            "remove bitmap",
            "close machine");
    assertThat(done.indexOf("remove bitmap")).isGreaterThan(done.indexOf("finish"));
    assertThat(done.lastIndexOf("upload")).isLessThan(done.indexOf("verify"));
  }

  @Test
  void afterAFailureAtAnyStepTheOldBitmapsAreRightAndTheNextBackupIsToo() throws IOException {
    int steps = countSteps();
    assertThat(steps).isGreaterThan(25);
    for (int number = 0; number < steps; number++) {
      strikeAt(number, false);
    }
  }

  @Test
  void afterACancellationAtAnyStepTheOldBitmapsAreRightAndTheNextBackupIsToo() throws IOException {
    int steps = countSteps();
    for (int number = 0; number < steps; number++) {
      strikeAt(number, true);
    }
  }

  private int countSteps() throws IOException {
    BackupScene good = new BackupScene(temp.resolve("count"));
    good.begin();
    good.job().run();
    return good.steps.done().size();
  }

  private void strikeAt(int number, boolean cancel) throws IOException {
    BackupScene struck = new BackupScene(temp.resolve("s" + number + cancel));
    struck.begin();
    BackupJob job = struck.job();
    IOException fault = new IOException("fault at step " + number);
    struck.steps.failAtNumber(
        number,
        () -> {
          if (cancel) {
            job.cancel();
          } else {
            throw fault;
          }
        });
    BackupSummary summary = null;
    Throwable failure = null;
    try {
      summary = job.run();
    } catch (IOException e) {
      failure = e;
    }
    List<String> done = struck.steps.done();
    String at = done.get(number) + ", step " + number;
    if (summary == null) {
      assertThat(struck.server.snapshots).as(at).hasSize(1);
      if (cancel) {
        assertThat(failure).as(at).isInstanceOf(JobCancelledException.class);
      } else {
        assertThat(failure).as(at).hasStackTraceContaining(fault.getMessage());
      }
      struck.assertBitmapsAreThoseOfTheLastSnapshot();
    } else {
      assertThat(struck.server.snapshots).as(at).hasSize(2);
      assertThat(done.get(number))
          .isIn("status", "finish", "remove bitmap", "disks", "close instant", "close machine");
      for (String disk : struck.machine.disks.keySet()) {
        assertThat(struck.machine.ours(disk)).contains(FakeMachine.recorded(struck.server, disk));
      }
      boolean bitmapLeft =
          struck.machine.disks.keySet().stream()
              .anyMatch(disk -> struck.machine.ours(disk).size() > 1);
      if (bitmapLeft) {
        assertThat(summary.warnings()).as(at).isNotEmpty();
      }
    }
    struck.assertNoDebris();

    struck.guestWrites();
    struck.ticker.sleep(Duration.ofSeconds(60));
    BackupSummary next = struck.backUp();
    assertThat(next.disks()).as(at).allMatch(disk -> disk.plan() instanceof Incremental);
    struck.assertLastSnapshotIsTheInstant();
    struck.assertBitmapsAreThoseOfTheLastSnapshot();
    struck.assertNoDebris();
  }

  @Test
  void afterAKillTheRecordedBitmapIsTrustedAndAllOthersOfTheTargetGo() throws IOException {
    scene.begin();
    EpochName orphan = new EpochName(Samples.TARGET, 1_700_000_030L, 5);
    scene.machine.disks.get("scsi0").bitmaps.put(orphan.text(), new FakeMachine.FakeBitmap());
    FakeMachine.FakeBitmap dead = new FakeMachine.FakeBitmap();
    dead.inconsistent = true;
    EpochName stale = new EpochName(Samples.TARGET, 1_600_000_000L, 6);
    scene.machine.disks.get("virtio1").bitmaps.put(stale.text(), dead);
    Path run = Files.createDirectory(scene.folder.resolve("qmpbs-89abcdef"));
    Files.createFile(run.resolve("lock"));
    scene.machine.remains = true;
    scene.machine.remainingScratch.add(Files.createFile(run.resolve("s0.qcow2")));
    BackupSummary summary = scene.backUp();
    assertThat(summary.disks()).allMatch(disk -> disk.plan() instanceof Incremental);
    assertThat(scene.steps.done()).containsSubsequence("sweep", "disks", "start");
    assertThat(scene.notes).anyMatch(note -> note.contains("run 89abcdef"));
    scene.assertLastSnapshotIsTheInstant();
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
    scene.assertNoDebris();
  }

  /** Its bitmaps go to the same file system when QEMU ends. */
  @Test
  void theRoomThatAnExcludedDiskTakesCountsToo() throws IOException {
    scene.excluded = Set.of("virtio1");
    scene.machine.disks.get("virtio1").room = 0;
    BackupSummary summary = scene.job().run();
    assertThat(scene.steps.done()).contains("rooms of 2");
    assertThat(summary.disks()).singleElement().matches(DiskSummary::bitmapStored);
    assertThat(summary.warnings()).isEmpty();
  }

  /** QEMU needs a cluster to remove one of several bitmaps, which a full volume does not have. */
  @Test
  void anInconsistentBitmapThatCannotBeRemovedPreventsNoBackup() throws IOException {
    scene.begin();
    FakeMachine.FakeBitmap dead = new FakeMachine.FakeBitmap();
    dead.inconsistent = true;
    EpochName stale = new EpochName(Samples.TARGET, 1_600_000_000L, 6);
    scene.machine.disks.get("virtio1").bitmaps.put(stale.text(), dead);
    scene.steps.failAlwaysAfter(
        0,
        "remove bitmap",
        () -> {
          throw new QmpCommandException(
              "block-dirty-bitmap-remove", "GenericError", "No space left on device");
        });
    BackupSummary summary = scene.job().run();
    assertThat(summary.disks()).allMatch(disk -> disk.plan() instanceof Incremental);
    assertThat(summary.leftovers()).anyMatch(line -> line.contains(stale.text()));
    scene.assertLastSnapshotIsTheInstant();

    scene.steps.heal();
    scene.ticker.sleep(Duration.ofSeconds(60));
    scene.backUp();
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
  }

  @Test
  void aLiveRunOfTheSameMachineIsNeverDisturbed() throws IOException {
    try (RunDirectory live =
        RunDirectory.create(
            temp, scene.folder.resolve("monitor"), (path, size) -> {}, new Random(1))) {
      scene.machine.remains = true;
      scene.machine.remainingScratch.add(live.path().resolve("s0.qcow2"));
      assertThatThrownBy(() -> scene.job().run())
          .isInstanceOf(MachineBusyException.class)
          .hasMessageContaining("another backup");
      assertThat(scene.steps.done()).doesNotContain("sweep", "start");
      assertThat(live.path()).exists();
    }
  }

  @Test
  void aFinishWithoutAnswerThatSucceededIsASuccessWithAWarning() throws IOException {
    scene.begin();
    scene.server.end = FakeServer.End.NO_ANSWER_BUT_DONE;
    BackupSummary summary = scene.job().run();
    assertThat(summary.warnings()).singleElement().asString().contains("did finish");
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
    assertThat(scene.server.snapshots).hasSize(2);
  }

  @Test
  void aFinishWithoutAnswerThatCameToNothingIsAFailure() throws IOException {
    scene.begin();
    scene.server.end = FakeServer.End.NO_ANSWER_AND_GONE;
    assertThatThrownBy(() -> scene.job().run())
        .isNotInstanceOf(OutcomeUnknownException.class)
        .hasMessageContaining("does not exist");
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
  }

  @Test
  void aServerThatCannotBeAskedLeavesBothBitmapsAndTheNextBackupDecides() throws IOException {
    for (FakeServer.End end :
        List.of(FakeServer.End.NO_ANSWER_BUT_DONE, FakeServer.End.NO_ANSWER_AND_GONE)) {
      BackupScene doubtful = new BackupScene(temp.resolve(end.name()));
      doubtful.begin();
      doubtful.server.end = end;
      // The first list belongs to the start of the job.
      doubtful.steps.failAlwaysAfter(
          1,
          "list",
          () -> {
            throw new IOException("connection refused");
          });
      assertThatThrownBy(() -> doubtful.job().run())
          .isInstanceOf(OutcomeUnknownException.class)
          .hasMessageContaining("connection refused");
      assertThat(doubtful.machine.ours("scsi0")).hasSize(2);
      assertThat(doubtful.machine.ours("virtio1")).hasSize(2);
      doubtful.assertNoDebris();
      doubtful.steps.heal();
      doubtful.server.end = FakeServer.End.DONE;
      doubtful.guestWrites();
      doubtful.ticker.sleep(Duration.ofSeconds(60));
      BackupSummary next = doubtful.backUp();
      assertThat(next.disks()).allMatch(disk -> disk.plan() instanceof Incremental);
      doubtful.assertLastSnapshotIsTheInstant();
      doubtful.assertBitmapsAreThoseOfTheLastSnapshot();
    }
  }

  @Test
  void aBaseThatWasRemovedMeanwhileIsAnsweredByOneFullRead() throws IOException {
    for (String step : List.of("finish", "reuse index")) {
      BackupScene pruned = new BackupScene(temp.resolve(step.replace(' ', '-')));
      pruned.begin();
      pruned.steps.failAt(
          step,
          () -> {
            throw PbsFailures.refusal(ServerProblem.BASE_REMOVED, "base snapshot was removed");
          });
      BackupSummary summary = pruned.job().run();
      assertThat(pruned.server.sessions).isEqualTo(3);
      assertThat(reasons(summary))
          .containsExactly(FullReadReason.NO_USABLE_SNAPSHOT, FullReadReason.NO_USABLE_SNAPSHOT);
      pruned.assertLastSnapshotIsTheInstant();
      pruned.assertBitmapsAreThoseOfTheLastSnapshot();
      pruned.assertNoDebris();
    }
  }

  @Test
  void theSecondAttemptWaitsUntilTheServerHasGivenTheFirstOneUp() throws IOException {
    for (ServerProblem notYet : List.of(ServerProblem.LOCKED, ServerProblem.CLOCK)) {
      BackupScene pruned = new BackupScene(temp.resolve(notYet.name()));
      pruned.begin();
      pruned.steps.failAt(
          "finish",
          () -> {
            pruned.steps.failAt(
                "start",
                () -> {
                  throw PbsFailures.refusal(notYet, "the first session is not yet gone");
                });
            throw PbsFailures.refusal(ServerProblem.BASE_REMOVED, "base snapshot was removed");
          });
      assertThat(reasons(pruned.job().run())).contains(FullReadReason.NO_USABLE_SNAPSHOT);
      pruned.assertLastSnapshotIsTheInstant();
      pruned.assertBitmapsAreThoseOfTheLastSnapshot();
      pruned.assertNoDebris();
    }
  }

  @Test
  void anUnknownOutcomeOfTheSecondAttemptIsNotTriedAgain() throws IOException {
    scene.begin();
    scene.steps.failAt(
        "finish",
        () -> {
          scene.server.end = FakeServer.End.NO_ANSWER_BUT_DONE;
          scene.steps.failAlwaysAfter(
              0,
              "reader",
              () -> {
                throw PbsFailures.refusal(ServerProblem.LOCKED, "the session is still finishing");
              });
          throw PbsFailures.refusal(ServerProblem.BASE_REMOVED, "base snapshot was removed");
        });
    assertThatThrownBy(() -> scene.job().run()).isInstanceOf(OutcomeUnknownException.class);
    assertThat(scene.server.sessions).isEqualTo(3);
    assertThat(scene.machine.ours("scsi0")).hasSize(2);
    scene.assertNoDebris();
  }

  @Test
  void aServerThatIsInUseIsNotWaitedForAtTheFirstAttempt() throws IOException {
    scene.begin();
    scene.steps.failAt(
        "start",
        () -> {
          throw PbsFailures.refusal(ServerProblem.LOCKED, "possible running backup");
        });
    assertThatThrownBy(() -> scene.job().run()).isInstanceOf(PbsException.class);
    assertThat(scene.server.sessions).isEqualTo(1);
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
  }

  @Test
  void aServerThatRefusesForGoodIsNotAskedTwice() throws IOException {
    scene.begin();
    scene.steps.failAt(
        "finish",
        () -> {
          throw PbsFailures.refusal(ServerProblem.STORAGE, "no space left on device");
        });
    assertThatThrownBy(() -> scene.job().run()).isInstanceOf(PbsException.class);
    assertThat(scene.server.sessions).isEqualTo(2);
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
  }

  @Test
  void aBrokenPointInTimeIsReportedInsteadOfTheReadThatFailed() throws IOException {
    scene.begin();
    scene.machine.broken = true;
    assertThatThrownBy(() -> scene.job().run())
        .isInstanceOf(PointInTimeBrokenException.class)
        .hasMessageContaining("scratch file")
        .satisfies(
            e -> assertThat(e.getSuppressed()).hasAtLeastOneElementOfType(DiskReadException.class));
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
    scene.assertNoDebris();
  }

  @Test
  void theDeadlineEndsAnUploadThatHangs() throws IOException {
    scene.begin();
    scene.deadline = Duration.ofMillis(300);
    scene.steps.failAt(
        "upload",
        () -> {
          try {
            new CountDownLatch(1).await(100, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
          }
        });
    assertThatThrownBy(() -> scene.job().run()).isInstanceOf(JobDeadlineException.class);
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
    scene.assertNoDebris();
  }

  @Test
  void aSnapshotOfAnotherProgramIsReadInFullAndItsChunksAreNotSentAgain() throws IOException {
    scene.begin();
    Manifest manifest = scene.server.last().manifest;
    scene.server.last().manifest =
        new Manifest(
            manifest.snapshot(),
            manifest.files().stream().filter(file -> file.name().endsWith(".fidx")).toList());
    BackupSummary summary = scene.backUp();
    assertThat(reasons(summary)).containsOnly(FullReadReason.FOREIGN_SNAPSHOT);
    assertThat(summary.disks().get(1).uploadedChunks()).isLessThanOrEqualTo(1);
    scene.assertLastSnapshotIsTheInstant();
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
  }

  @Test
  void aSnapshotThatFailedVerificationIsNotBuiltUpon() throws IOException {
    scene.begin();
    scene.server.last().verifyState = "failed";
    assertThat(reasons(scene.job().plan())).containsOnly(FullReadReason.NO_USABLE_SNAPSHOT);
    BackupSummary summary = scene.backUp();
    assertThat(reasons(summary)).containsOnly(FullReadReason.NO_USABLE_SNAPSHOT);
    assertThat(summary.disks().get(0).uploadedChunks()).isGreaterThan(2);
  }

  @Test
  void aDamagedRecordIsReadInFull() throws IOException {
    scene.begin();
    scene.server.last().blobs.put(SnapshotRecord.FILE_NAME, new byte[] {'{'});
    assertThat(reasons(scene.backUp())).containsOnly(FullReadReason.DAMAGED_SNAPSHOT);
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
  }

  @Test
  void anIndexThatIsNotWhatTheManifestSaysIsNeverReused() throws IOException {
    scene.begin();
    scene.server.readIndex = index -> Samples.index(index.size(), "w", "r", "o", "n");
    BackupSummary summary = scene.job().plan();
    assertThat(reasons(summary)).containsOnly(FullReadReason.DAMAGED_SNAPSHOT);
  }

  @Test
  void aDiskOfTheLastSnapshotThatIsMissingIsSaidOnce() throws IOException {
    scene.begin();
    FakeMachine.FakeDisk gone = scene.machine.disks.remove("virtio1");
    assertThat(scene.job().plan().omissions()).hasSize(1);
    BackupSummary summary = scene.backUp();
    assertThat(summary.omissions())
        .singleElement()
        .asString()
        .contains("disk virtio1 (drive-virtio1.img.fidx)", "no writable disk of this name");
    assertThat(summary.warnings()).containsAll(summary.omissions());
    assertThat(scene.backUp().omissions()).isEmpty();

    scene.machine.disks.put("virtio1", gone);
    assertThat(scene.backUp().omissions()).isEmpty();
    scene.excluded = Set.of("virtio1");
    assertThat(scene.backUp().omissions()).as("the user left it out").isEmpty();
  }

  @Test
  void aDiskThatWasNamedOtherwiseOrLeftOutByNameIsNotMissing() throws IOException {
    scene.selections =
        List.of(new DiskSelection("scsi0", "root"), new DiskSelection("virtio1", null));
    scene.begin();
    scene.selections = List.of();
    assertThat(scene.backUp().omissions()).as("scsi0 is there, not as root").isEmpty();

    scene.machine.disks.remove("virtio1");
    scene.machine.skipped.add(new SkippedDrive("virtio1", SkippedDrive.Reason.READ_ONLY));
    scene.excluded = Set.of("virtio1");
    assertThat(scene.job().plan().omissions()).as("the user left it out").isEmpty();
    scene.excluded = Set.of();
    assertThat(scene.job().plan().omissions()).singleElement().asString().contains("read-only");
  }

  @Test
  void aFullReadCanBeAskedFor() throws IOException {
    scene.begin();
    scene.full = true;
    BackupSummary summary = scene.backUp();
    assertThat(reasons(summary)).containsOnly(FullReadReason.REQUESTED);
    assertThat(summary.disks().get(1).uploadedChunks()).isLessThanOrEqualTo(1);
    scene.assertLastSnapshotIsTheInstant();
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
  }

  @Test
  void anotherMachineUnderTheSameIdIsAWarning() throws IOException {
    scene.begin();
    scene.machine.uuid = "99999999-2222-3333-4444-555555555555";
    assertThat(scene.backUp().warnings()).singleElement().asString().contains("--backup-id");
  }

  @Test
  void aDatastoreWithoutRoomForTheIncrementIsAWarningBeforeAnythingIsSent() throws IOException {
    scene.begin();
    scene.server.available = 1000;
    BackupSummary summary = scene.job().run();
    assertThat(summary.warnings())
        .singleElement()
        .asString()
        .contains("the datastore has 1000 B left", "may take up to");
    assertThat(scene.steps.done()).containsSubsequence("status", "instant", "upload");
    scene.assertLastSnapshotIsTheInstant();
  }

  @Test
  void aDatastoreWhoseRoomNobodyMayKnowIsNoReasonToFail() throws IOException {
    scene.begin();
    scene.steps.failAt(
        "status",
        () -> {
          throw PbsFailures.refusal(ServerProblem.PERMISSION, "missing Datastore.Audit");
        });
    assertThat(scene.job().run().warnings()).isEmpty();
    assertThat(scene.notes).anyMatch(note -> note.contains("missing Datastore.Audit"));
  }

  @Test
  void aDryRunSaysWhatWouldBeReadAndChangesNothing() throws IOException {
    BackupSummary first = scene.job().plan();
    assertThat(reasons(first)).containsOnly(FullReadReason.FIRST_BACKUP);
    scene.begin();
    List<String> before = scene.machine.ours("scsi0");
    BackupSummary plan = scene.job().plan();
    assertThat(plan.disks()).allMatch(disk -> disk.plan() instanceof Incremental);
    assertThat(plan.disks().get(1).read()).isEqualTo(Chunks.SIZE);
    assertThat(plan.disks().get(1).reused()).isEqualTo(BackupScene.SIZE - Chunks.SIZE);
    assertThat(plan.previous()).isEqualTo(scene.server.last().manifest.snapshot());
    assertThat(scene.steps.done())
        .doesNotContain("start", "instant", "remove bitmap", "sweep", "blob", "upload", "finish");
    assertThat(scene.machine.ours("scsi0")).isEqualTo(before);
    BackupSummary real = scene.backUp();
    assertThat(real.disks())
        .extracting(DiskSummary::plan)
        .isEqualTo(plan.disks().stream().map(DiskSummary::plan).toList());
  }

  private static List<FullReadReason> reasons(BackupSummary summary) {
    return summary.disks().stream().map(disk -> ((FullRead) disk.plan()).reason()).toList();
  }
}
