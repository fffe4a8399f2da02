package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.Digest;
import org.qmpbs.client.backup.ReadPlan.FullRead;
import org.qmpbs.client.backup.ReadPlan.Incremental;
import org.qmpbs.client.lookup.UnfinishedUpload;
import org.qmpbs.client.retry.Retries;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.ManifestFile;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.PbsFailures;
import org.qmpbs.pbs.ServerProblem;
import org.qmpbs.pbs.Snapshot;

/** A first upload in several sessions. Every chunk that is sent takes a minute here. */
@Timeout(300)
class CheckpointedBackupTest {
  private static final int LARGE = 9 * Chunks.SIZE + 8192;
  private static final int SMALL = 5 * Chunks.SIZE;

  /** By block status: eleven pages of 64 KiB, and the short last chunk. */
  private static final long DATA = 11 * (64 << 10) + 8192;

  private static final long START = 1_700_000_000L;

  @TempDir Path temp;
  private BackupScene scene;

  @BeforeEach
  void setUp() throws IOException {
    scene = scene("scratch");
  }

  private BackupScene scene(String name) throws IOException {
    BackupScene made = new BackupScene(temp.resolve(name));
    made.machine.disks.get("scsi0").image = image(LARGE, 1, 0, 2, 3, 1, 4, 0, 5, 6, 7);
    made.machine.disks.get("virtio1").image = image(SMALL, 8, 4, 0, 9, 10);
    made.checkpoints = CheckpointPolicy.every(Duration.ofSeconds(30));
    // Little is under way at once, so that a checkpoint is due after every few chunks.
    made.sizes = new ChunkPipeline.Sizes(1, 1, 0);
    made.deadline = Duration.ofDays(2);
    made.server.beforeUpload = () -> made.ticker.sleep(Duration.ofMinutes(1));
    return made;
  }

  /** Each chunk has one byte that is not zero, so that its page alone is read; 0 is no data. */
  private static byte[] image(int size, int... seeds) {
    byte[] image = new byte[size];
    for (int i = 0; i < seeds.length; i++) {
      image[i * Chunks.SIZE] = (byte) seeds[i];
    }
    return image;
  }

  @Test
  void aBigFirstUploadTakesSeveralSessionsAndLeavesOneBackup() throws IOException {
    List<Snapshot> checkpoints = new ArrayList<>();
    scene.server.beforeUpload =
        () -> {
          scene.ticker.sleep(Duration.ofMinutes(1));
          scene.server.snapshots.values().stream()
              .map(stored -> stored.manifest)
              .filter(manifest -> !checkpoints.contains(manifest.snapshot()))
              .forEach(
                  manifest -> {
                    assertIsCheckpoint(manifest);
                    checkpoints.add(manifest.snapshot());
                  });
        };
    BackupSummary summary = scene.job().run();
    assertThat(summary.snapshot().time()).isEqualTo(START);
    assertThat(summary.previous()).isNull();
    assertThat(summary.warnings()).isEmpty();
    assertThat(summary.disks())
        .allSatisfy(
            disk -> {
              assertThat(((FullRead) disk.plan()).reason()).isEqualTo(FullReadReason.FIRST_BACKUP);
              assertThat(disk.read() + disk.zero()).isEqualTo(disk.size());
            });
    assertThat(checkpoints).hasSizeGreaterThan(1);
    assertThat(checkpoints)
        .allMatch(checkpoint -> checkpoint.time() < START)
        .allMatch(checkpoint -> checkpoint.time() > START - CheckpointTimes.MOST);
    assertThat(checkpoints).isSortedAccordingTo(java.util.Comparator.comparingLong(Snapshot::time));
    assertOneBackup(scene);
    // Ten different chunks and the zeros, which a short last chunk has its own of.
    assertNothingWasSentTwice(scene);
    assertThat(scene.server.history.stream().mapToInt(session -> session.sent().size()).sum())
        .isEqualTo(12);
    scene.server.beforeUpload = () -> {};
    assertTheNextOneIsIncremental(scene);
  }

  private static void assertIsCheckpoint(Manifest manifest) {
    assertThat(UnfinishedUpload.is(manifest)).isTrue();
    assertThat(manifest.notes()).startsWith("INCOMPLETE").contains("not a backup");
    assertThat(manifest.file(SnapshotRecord.FILE_NAME)).isEmpty();
    assertThat(manifest.files())
        .extracting(ManifestFile::name)
        .allMatch(
            name ->
                name.equals(UnfinishedUpload.RECORD_NAME) || name.endsWith(".unfinished.img.fidx"));
  }

  @Test
  void theGuestIsRelievedBeforeTheArchivesAreWritten() throws IOException {
    scene.job().run();
    List<String> done = scene.steps.done();
    assertThat(done.lastIndexOf("upload")).isLessThan(done.indexOf("close instant"));
    assertThat(done.indexOf("close instant")).isLessThan(done.lastIndexOf("start"));
    assertThat(done.lastIndexOf("remove bitmap")).isLessThan(done.lastIndexOf("forget"));
    assertThat(done.lastIndexOf("finish")).isLessThan(done.lastIndexOf("forget"));
  }

  @Test
  void checkpointsThatKeepOldChunksFromGarbageCollectionStayUntilTheSecondBackupAfterwards()
      throws IOException {
    interruptAfter(scene, 5);
    scene.ticker.sleep(Duration.ofHours(20));
    scene.server.beforeUpload = () -> {};
    scene.job().run();
    assertThat(checkpointsOf(scene)).isNotEmpty();
    scene.ticker.sleep(Duration.ofHours(24));
    scene.job().run();
    assertThat(checkpointsOf(scene)).as("the first backup is young").isNotEmpty();
    scene.ticker.sleep(Duration.ofHours(24));
    scene.job().run();
    assertThat(checkpointsOf(scene)).isEmpty();
  }

  @Test
  void anInterruptedFirstUploadGoesOnFromItsLastCheckpoint() throws IOException {
    interruptAfter(scene, 5);
    Snapshot checkpoint = scene.server.last().manifest.snapshot();
    assertIsCheckpoint(scene.server.last().manifest);
    Set<Digest> kept = digestsOfLast(scene);
    assertThat(kept).hasSizeGreaterThan(2);

    scene.machine.disks.get("scsi0").write(3 * Chunks.SIZE + 5, 77);
    BackupSummary summary = scene.job().run();
    assertThat(summary.previous()).isEqualTo(checkpoint);
    assertThat(reasons(summary)).containsOnly(FullReadReason.FIRST_UPLOAD_CONTINUES);
    assertThat(summary.disks().get(0).plan().toString()).contains(checkpoint.toString());
    long sent = summary.disks().stream().mapToLong(disk -> disk.uploadedChunks()).sum();
    Set<Digest> missing = digestsOfLast(scene);
    missing.removeAll(kept);
    assertThat(sent).isEqualTo(missing.size()).isPositive();
    assertNothingWasSentTwice(scene);
    assertOneBackup(scene);
    assertTheNextOneIsIncremental(scene);
  }

  /** As after a kill: the bitmap of the cut run is there, clean, and of the newest snapshot. */
  @Test
  void noBitmapIsTrustedOnACheckpoint() throws IOException {
    interruptAfter(scene, 5);
    long time = scene.server.last().manifest.snapshot().time();
    for (FakeMachine.FakeDisk disk : scene.machine.disks.values()) {
      for (long of : new long[] {time, START}) {
        EpochName left = new EpochName(Samples.TARGET, of, 9);
        disk.bitmaps.put(left.text(), new FakeMachine.FakeBitmap());
      }
    }
    scene.checkpoints = CheckpointPolicy.OFF;
    assertThat(reasons(scene.job().plan())).containsOnly(FullReadReason.FIRST_UPLOAD_CONTINUES);
    assertThat(reasons(scene.job().run())).containsOnly(FullReadReason.FIRST_UPLOAD_CONTINUES);
    assertNothingWasSentTwice(scene);
    assertOneBackup(scene);
    assertTheNextOneIsIncremental(scene);
  }

  /** The heart of it, at random: whatever ends a run, nothing that was kept is sent again. */
  @Test
  void wheneverItIsCutNothingThatACheckpointHoldsIsSentAgainAndTheBackupIsTheInstant()
      throws IOException {
    BackupScene whole = scene("whole");
    whole.job().run();
    int steps = whole.steps.done().size();
    int rounds = Integer.getInteger("qmpbs.checkpoint.rounds", 6);
    for (int round = 0; round < rounds; round++) {
      Random random = new Random(round);
      BackupScene cut = scene("cut" + round);
      int failed = 0;
      for (int run = 0; run < 3; run++) {
        cut.steps.forget();
        BackupJob job = cut.job();
        boolean cancel = random.nextInt(3) == 0;
        cut.steps.failAtNumber(
            random.nextInt(steps),
            () -> {
              if (cancel) {
                job.cancel();
              } else {
                throw new IOException("cut");
              }
            });
        try {
          job.run();
        } catch (IOException e) {
          failed++;
        }
        cut.steps.heal();
        cut.machine.remains = false;
        assertThat(cut.machine.instants).isZero();
        assertThat(cut.server.open).isNull();
        cut.guestWrites();
        cut.ticker.sleep(Duration.ofMinutes(1));
      }
      BackupSummary summary = cut.job().run();
      String what = "round " + round + ", " + failed + " failures";
      cut.assertLastSnapshotIsTheInstant();
      cut.assertBitmapsAreThoseOfTheLastSnapshot();
      cut.assertNoDebris();
      assertNothingWasSentTwice(cut);
      assertThat(checkpointsOf(cut)).as(what).isEmpty();
      assertThat(summary.warnings()).as(what).isEmpty();
    }
  }

  @Test
  void aDiskThatGrewInBetweenKeepsWhatWasSentOfIt() throws IOException {
    interruptAfter(scene, 10);
    FakeMachine.FakeDisk disk = scene.machine.disks.get("scsi0");
    List<Digest> late = new ArrayList<>();
    for (int chunk : new int[] {7, 8}) {
      late.add(Digest.sha256(disk.image, chunk * Chunks.SIZE, Chunks.SIZE));
    }
    assertThat(digestsOfLast(scene)).containsAll(late);
    disk.image = java.util.Arrays.copyOf(disk.image, disk.image.length + 2 * Chunks.SIZE);
    Snapshot first = scene.server.last().manifest.snapshot();
    // Its first checkpoint comes before it comes to these.
    interruptAfter(scene, 2);
    assertThat(scene.server.last().manifest.snapshot()).isNotEqualTo(first);
    assertThat(digestsOfLast(scene)).containsAll(late);
    scene.job().run();
    assertNothingWasSentTwice(scene);
    assertOneBackup(scene);
  }

  // When there are none.

  @Test
  void whatIsQuicklySentGoesInOneSession() throws IOException {
    // By the data, not by the size: half of the two disks is nothing.
    scene.checkpoints = new CheckpointPolicy(Duration.ofSeconds(1), DATA);
    scene.job().run();
    assertThat(scene.server.sessions).isEqualTo(1);
    assertThat(scene.steps.done()).doesNotContain("forget");
    scene.assertLastSnapshotIsTheInstant();

    BackupScene more = scene("more");
    more.checkpoints = new CheckpointPolicy(Duration.ofSeconds(1), DATA - 1);
    more.job().run();
    assertThat(more.server.sessions).isGreaterThan(2);
  }

  @Test
  void whereThereIsABackupThereAreNoCheckpoints() throws IOException {
    scene.job().run();
    scene.ticker.sleep(Duration.ofMinutes(1));
    int before = scene.server.sessions;
    scene.full = true;
    scene.machine.disks.get("scsi0").image = image(LARGE, 21, 22, 23, 24, 25, 26);
    scene.job().run();
    assertThat(scene.server.sessions).isEqualTo(before + 1);
    scene.assertLastSnapshotIsTheInstant();
  }

  @Test
  void whenNoSecondIsLeftTheRestGoesInTheLastSession() throws IOException {
    interruptAfter(scene, 5);
    // As if somebody's clock had been wrong: two seconds are left before the backup's own time.
    FakeServer.Stored checkpoint = scene.server.snapshots.pollLastEntry().getValue();
    long time = scene.ticker.clock().instant().getEpochSecond();
    Snapshot late = new Snapshot(Samples.GROUP, time - 2);
    checkpoint.manifest =
        new Manifest(late, checkpoint.manifest.files(), checkpoint.manifest.notes());
    scene.server.snapshots.put(late.time(), checkpoint);
    int before = scene.server.sessions;
    scene.job().run();
    // The one that looks, one checkpoint, the end.
    assertThat(scene.server.sessions).isEqualTo(before + 3);
    assertNothingWasSentTwice(scene);
    assertOneBackup(scene);
  }

  /**
   * Nothing takes away what a server that lost its power has of the session it was in. The next run
   * would come to the same second if it had the same time, as with --backup-time.
   */
  @Test
  void aCrashOfTheServerDoesNotTakeTheSecondOfTheNextCheckpoint() throws IOException {
    scene.patience = new Patience(new Retries(1, Duration.ZERO), Duration.ZERO);
    scene.checkpoints = CheckpointPolicy.every(Duration.ofMillis(1));
    scene.server.beforeUpload = () -> scene.ticker.sleep(Duration.ofMillis(2));
    scene.steps.failAfter(
        5,
        "upload",
        () -> {
          assertThat(checkpointsOf(scene)).isNotEmpty();
          scene.server.remains.add(Objects.requireNonNull(scene.server.open).snapshot().time());
          throw PbsFailures.lost("the server is gone", null);
        });
    BackupSummary summary = scene.job().run();
    assertThat(summary.retries()).isEqualTo(1);
    assertThat(summary.snapshot().time()).isEqualTo(START);
    assertNothingWasSentTwice(scene);
    assertOneBackup(scene);
  }

  // Others.

  @Test
  void aGroupThatIsLockedForAMomentIsWaitedFor() throws IOException {
    int[] refusals = {0};
    scene.steps.failAlwaysAfter(
        2,
        "start",
        () -> {
          if (refusals[0]++ < 5) {
            throw PbsFailures.refusal(ServerProblem.LOCKED, "locked backup group");
          }
        });
    scene.job().run();
    assertThat(refusals[0]).isGreaterThan(5);
    assertOneBackup(scene);
  }

  @Test
  void aGroupThatStaysLockedEndsTheRunAndKeepsTheCheckpoint() throws IOException {
    scene.steps.failAlwaysAfter(
        3,
        "start",
        () -> {
          throw PbsFailures.refusal(ServerProblem.LOCKED, "locked backup group");
        });
    assertThatThrownBy(() -> scene.job().run())
        .isInstanceOfSatisfying(
            PbsException.class, e -> assertThat(e.problem()).isEqualTo(ServerProblem.LOCKED));
    assertThat(checkpointsOf(scene)).isNotEmpty();
    goesOnFromHere();
  }

  @Test
  void anotherClientsSnapshotBetweenTwoSessionsIsAClearEnd() throws IOException {
    scene.steps.failAfter(
        3,
        "start",
        () -> {
          long now = scene.ticker.clock().instant().getEpochSecond();
          Snapshot theirs = new Snapshot(Samples.GROUP, now);
          scene.server.snapshots.put(now, new FakeServer.Stored(theirs));
        });
    assertThatThrownBy(() -> scene.job().run())
        .isInstanceOf(GroupChangedException.class)
        .hasMessageContaining("between two sessions");
    scene.assertNoDebris();
    for (String disk : scene.machine.disks.keySet()) {
      assertThat(scene.machine.ours(disk)).isEmpty();
    }
    scene.steps.heal();
    scene.ticker.sleep(Duration.ofMinutes(1));
    // Theirs is a backup as good as any: no more checkpoints, and ours go.
    BackupSummary summary = scene.job().run();
    assertThat(reasons(summary)).containsOnly(FullReadReason.FOREIGN_SNAPSHOT);
    assertThat(checkpointsOf(scene)).isEmpty();
    scene.assertLastSnapshotIsTheInstant();
  }

  /** Whoever it was is asked, not waited for: it is no lock, and no clock that is behind. */
  @Test
  void aGroupThatSomebodyChangedIsNotTriedAgain() throws IOException {
    scene.patience = new Patience(Retries.DEFAULT, Duration.ZERO);
    int[] starts = {0};
    scene.steps.failAlwaysAfter(
        0,
        "start",
        () -> {
          starts[0]++;
          if (starts[0] == 2) {
            throw PbsFailures.lost("the connection broke", null);
          }
          if (starts[0] == 6) {
            long now = scene.ticker.clock().instant().getEpochSecond();
            Snapshot theirs = new Snapshot(Samples.GROUP, now);
            scene.server.snapshots.put(now, new FakeServer.Stored(theirs));
          }
        });
    assertThatThrownBy(() -> scene.job().run()).isInstanceOf(GroupChangedException.class);
    assertThat(starts[0]).isEqualTo(6);
  }

  @Test
  void aCheckpointThatIsPrunedBetweenTwoSessionsIsAClearEnd() throws IOException {
    scene.steps.failAfter(3, "start", () -> scene.server.snapshots.clear());
    assertThatThrownBy(() -> scene.job().run())
        .isInstanceOf(GroupChangedException.class)
        .hasMessageContaining("removed");
    goesOnFromHere();
  }

  @Test
  void aCheckpointThatFailedVerificationIsNotReliedUpon() throws IOException {
    interruptAfter(scene, 5);
    scene.server.last().verifyState = "failed";
    assertThat(reasons(scene.job().run())).containsOnly(FullReadReason.NO_USABLE_SNAPSHOT);
    assertOneBackup(scene);
  }

  @Test
  void anIndexOfACheckpointThatIsNotWhatWasWrittenEndsTheRun() throws IOException {
    scene.server.readIndex =
        index -> {
          String[] others = new String[index.chunkCount()];
          java.util.Arrays.fill(others, "other");
          return Samples.index(index.size(), others);
        };
    assertThatThrownBy(() -> scene.job().run()).isInstanceOf(CorruptDataException.class);
    assertThat(scene.steps.done().stream().filter("finish"::equals)).hasSize(1);
    scene.server.readIndex = java.util.function.UnaryOperator.identity();
    goesOnFromHere();
  }

  @Test
  void whoMayNotRemoveSnapshotsGetsFewCheckpointsAndAWarning() throws IOException {
    scene.steps.failAlwaysAfter(
        0,
        "forget",
        () -> {
          throw PbsFailures.refusal(ServerProblem.PERMISSION, "missing Datastore.Prune");
        });
    BackupSummary summary = scene.job().run();
    List<Snapshot> left = checkpointsOf(scene);
    assertThat(left).hasSizeBetween(2, 6);
    assertThat(summary.warnings())
        .singleElement()
        .asString()
        .contains("DatastorePowerUser", left.get(0).toString());
    assertThat(summary.leftovers()).isEmpty();
    scene.assertLastSnapshotIsTheInstant();
    scene.steps.heal();
    // Whoever gets the right later is rid of them.
    scene.ticker.sleep(Duration.ofMinutes(1));
    BackupSummary next = scene.job().run();
    assertThat(next.warnings()).isEmpty();
    assertThat(next.disks()).allMatch(disk -> disk.plan() instanceof Incremental);
    assertThat(checkpointsOf(scene)).isEmpty();
  }

  @Test
  void whereCheckpointsStayTheTimeBetweenThemGrowsWithTheirNumber() {
    Duration half = Duration.ofMinutes(30);
    assertThat(CheckpointedUpload.interval(half, 0)).isEqualTo(half);
    assertThat(CheckpointedUpload.interval(half, 1)).isEqualTo(Duration.ofHours(1));
    assertThat(CheckpointedUpload.interval(half, 4)).isEqualTo(Duration.ofHours(8));
    assertThat(CheckpointedUpload.interval(half, 100)).isEqualTo(Duration.ofHours(8));
  }

  @Test
  void aCheckpointInUseIsLeftToTheNextBackup() throws IOException {
    scene.steps.failAlwaysAfter(
        0,
        "forget",
        () -> {
          throw PbsFailures.refusal(ServerProblem.LOCKED, "while destroying snapshot");
        });
    BackupSummary summary = scene.job().run();
    assertThat(summary.warnings()).isNotEmpty().allMatch(line -> line.contains("next backup"));
    scene.steps.heal();
    scene.ticker.sleep(Duration.ofMinutes(1));
    assertThat(scene.job().run().warnings()).isEmpty();
    assertThat(checkpointsOf(scene)).isEmpty();
  }

  /** The file's name alone is not enough to remove somebody's snapshot. */
  @Test
  void aSnapshotThatOnlyLooksLikeACheckpointStays() throws IOException {
    interruptAfter(scene, 5);
    scene
        .server
        .last()
        .blobs
        .put(UnfinishedUpload.RECORD_NAME, "{}".getBytes(StandardCharsets.UTF_8));
    Snapshot lookAlike = scene.server.last().manifest.snapshot();
    scene.job().run();
    assertThat(checkpointsOf(scene)).as("how old its chunks are is not known").contains(lookAlike);
    scene.ticker.sleep(Duration.ofMinutes(1));
    scene.job().run();
    scene.ticker.sleep(Duration.ofMinutes(1));
    BackupSummary summary = scene.job().run();
    assertThat(checkpointsOf(scene)).containsExactly(lookAlike);
    assertThat(summary.warnings()).singleElement().asString().contains("could not be removed");
  }

  // The end of a checkpoint without an answer.

  @Test
  void aCheckpointWhoseEndWasNotAnsweredIsAskedForAndTheUploadGoesOn() throws IOException {
    scene.steps.failAfter(
        1,
        "finish",
        () -> {
          scene.server.end = FakeServer.End.NO_ANSWER_BUT_DONE;
          scene.steps.failAfter(0, "start", () -> scene.server.end = FakeServer.End.DONE);
        });
    BackupSummary summary = scene.job().run();
    assertThat(summary.warnings()).isEmpty();
    assertThat(scene.warnings).anyMatch(line -> line.contains("no answer"));
    assertNothingWasSentTwice(scene);
    assertOneBackup(scene);
  }

  @Test
  void aCheckpointThatWasNotFinishedEndsTheRunAndLeavesTheOneBefore() throws IOException {
    scene.steps.failAfter(1, "finish", () -> scene.server.end = FakeServer.End.NO_ANSWER_AND_GONE);
    assertThatThrownBy(() -> scene.job().run())
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(OutcomeUnknownException.class)
        .hasMessageContaining("does not exist");
    assertThat(checkpointsOf(scene)).hasSize(1);
    scene.server.end = FakeServer.End.DONE;
    goesOnFromHere();
  }

  /** No bitmap is relative to a checkpoint, so that none has to be kept for it. */
  @Test
  void aDoubtAboutACheckpointIsNoDoubtAboutABackup() throws IOException {
    scene.steps.failAfter(
        1,
        "finish",
        () -> {
          scene.server.end = FakeServer.End.NO_ANSWER_BUT_DONE;
          scene.steps.failAlwaysAfter(
              0,
              "list",
              () -> {
                throw new IOException("no route to host");
              });
        });
    assertThatThrownBy(() -> scene.job().run())
        .isInstanceOf(FinishLostException.class)
        .hasMessageContaining("checkpoint");
    for (String disk : scene.machine.disks.keySet()) {
      assertThat(scene.machine.ours(disk)).isEmpty();
    }
    scene.server.end = FakeServer.End.DONE;
    goesOnFromHere();
  }

  /** The session that was lost may hold the snapshot, so that it cannot be read. */
  @Test
  void aCheckpointInDoubtIsTriedAgain() throws IOException {
    scene.patience = new Patience(Retries.DEFAULT, Duration.ZERO);
    scene.steps.failAfter(
        1,
        "finish",
        () -> {
          scene.server.end = FakeServer.End.NO_ANSWER_BUT_DONE;
          scene.steps.failAlwaysAfter(
              0,
              "reader",
              () -> {
                if (scene.warnings.stream().anyMatch(line -> line.contains("trying again"))) {
                  scene.steps.heal();
                  return;
                }
                scene.server.end = FakeServer.End.DONE;
                throw PbsFailures.refusal(ServerProblem.LOCKED, "already locked by another");
              });
        });
    assertThat(scene.job().run().retries()).isEqualTo(1);
    assertNothingWasSentTwice(scene);
    assertOneBackup(scene);
  }

  // Helpers.

  /** Ends a run at the upload after {@code uploads} good ones. */
  private static void interruptAfter(BackupScene scene, int uploads) throws IOException {
    scene.steps.failAfter(
        uploads,
        "upload",
        () -> {
          throw PbsFailures.lost("the connection broke", null);
        });
    assertThatThrownBy(() -> scene.job().run()).hasStackTraceContaining("the connection broke");
    scene.steps.heal();
    scene.assertNoDebris();
    scene.ticker.sleep(Duration.ofMinutes(1));
  }

  private void goesOnFromHere() throws IOException {
    scene.steps.heal();
    scene.assertNoDebris();
    scene.ticker.sleep(Duration.ofMinutes(1));
    scene.job().run();
    assertNothingWasSentTwice(scene);
    assertOneBackup(scene);
  }

  private static void assertOneBackup(BackupScene scene) throws IOException {
    assertThat(scene.server.snapshots).hasSize(1);
    assertThat(UnfinishedUpload.is(scene.server.last().manifest)).isFalse();
    assertThat(scene.server.last().manifest.files())
        .extracting(ManifestFile::name)
        .containsExactly(
            "drive-scsi0.img.fidx", "drive-virtio1.img.fidx", SnapshotRecord.FILE_NAME);
    scene.assertLastSnapshotIsTheInstant();
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
    scene.assertNoDebris();
  }

  private static void assertTheNextOneIsIncremental(BackupScene scene) throws IOException {
    scene.guestWrites();
    scene.ticker.sleep(Duration.ofMinutes(1));
    BackupSummary next = scene.job().run();
    assertThat(next.disks()).allMatch(disk -> disk.plan() instanceof Incremental);
    scene.assertLastSnapshotIsTheInstant();
  }

  private static void assertNothingWasSentTwice(BackupScene scene) {
    for (FakeServer.FakeSession session : scene.server.history) {
      assertThat(session.sent()).as("sent to %s", session.snapshot()).doesNotHaveDuplicates();
      Set<Digest> again = new HashSet<>(session.sent());
      again.retainAll(session.had());
      assertThat(again)
          .as("sent to %s and held by the snapshot before", session.snapshot())
          .isEmpty();
    }
  }

  private static List<Snapshot> checkpointsOf(BackupScene scene) {
    return scene.server.snapshots.values().stream()
        .map(stored -> stored.manifest)
        .filter(UnfinishedUpload::is)
        .map(Manifest::snapshot)
        .toList();
  }

  private static Set<Digest> digestsOfLast(BackupScene scene) {
    Set<Digest> digests = new HashSet<>();
    for (FakeIndexWriter archive : scene.server.last().archives.values()) {
      for (int i = 0; i < archive.closed().chunkCount(); i++) {
        digests.add(archive.closed().digest(i));
      }
    }
    return digests;
  }

  private static Set<FullReadReason> reasons(BackupSummary summary) {
    return summary.disks().stream()
        .map(disk -> ((FullRead) disk.plan()).reason())
        .collect(Collectors.toSet());
  }
}
