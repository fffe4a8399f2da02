package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.machine.GuestWrites;
import org.qmpbs.machine.PointInTimeBrokenException;
import org.qmpbs.machine.Strategy;

/** Scratch storage that stalls, fails or is slow ends the backup, and the guest does not pay. */
@Timeout(60)
class ScratchWatchTest {
  private static final Duration BEAT = Duration.ofMillis(10);
  private static final Duration EVER = Duration.ofDays(1);

  @TempDir Path folder;
  private final FakeStorage storage = new FakeStorage();
  private BackupScene scene;

  @BeforeEach
  void backedUpOnce() throws Exception {
    scene = new BackupScene(folder.resolve("scene"));
    scene.scratch = new ScratchCare(storage, FakeStorage.NEVER, System::nanoTime);
    scene.begin();
    scene.machine.taken = null;
  }

  @AfterEach
  void nothingIsLeft() {
    storage.stalled = false;
    scene.assertNoDebris();
  }

  private void pace(Duration witness, Duration uneasy, Duration stalled, Duration slowGuest) {
    scene.scratch =
        new ScratchCare(
            storage,
            new ScratchCare.Pace(BEAT, witness, uneasy, stalled, slowGuest, BEAT),
            System::nanoTime);
  }

  @Test
  void storageThatStallsEndsTheBackupAndNothingIsTakenApartUntilItAnswers() throws Exception {
    pace(EVER, BEAT, Duration.ofMillis(100), EVER);
    CompletableFuture<BackupSummary> backup =
        afterTheInstant(
            () -> {
              storage.stalled = true;
              await(() -> scene.warnings.toString().contains("stays in QEMU"));
              assertThat(scene.machine.instants).as("instants in QEMU").isOne();
              assertThat(scene.steps.done()).doesNotContain("close instant", "remove bitmap");
              storage.stalled = false;
            });
    assertThatThrownBy(backup::join)
        .hasCauseInstanceOf(PointInTimeLostException.class)
        .hasMessageContaining("has taken no write");
    assertThat(scene.steps.done()).contains("close instant");
    scene.backUp();
    scene.assertLastSnapshotIsTheInstant();
  }

  @Test
  void storageThatStallsWhileTheDisksAreCopiedEndsTheCopyOnceItAnswers() throws Exception {
    pace(EVER, BEAT, Duration.ofMillis(100), EVER);
    scene.machine.copying =
        listener -> {
          storage.stalled = true;
          for (long i = 0; ; i++) {
            listener.copied(i, Long.MAX_VALUE);
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
          }
        };
    CompletableFuture<BackupSummary> backup = CompletableFuture.supplyAsync(this::run);
    await(() -> scene.warnings.toString().contains("stays in QEMU"));
    assertThat(scene.steps.done()).doesNotContain("undo");
    storage.stalled = false;
    assertThatThrownBy(backup::join)
        .hasCauseInstanceOf(PointInTimeLostException.class)
        .hasMessageContaining("has taken no write");
    assertThat(scene.steps.done()).contains("undo");
    scene.machine.copying = listener -> {};
    scene.backUp();
    scene.assertLastSnapshotIsTheInstant();
  }

  @Test
  void aGuestWhoseWritesTakeLongEndsTheCopyOfTheDisks() {
    pace(EVER, EVER, EVER, Duration.ofSeconds(5));
    scene.machine.strategy = Strategy.COPY_TO_SCRATCH;
    scene.machine.guestWrites.put("scsi0", new GuestWrites(100, Duration.ofMinutes(15)));
    scene.machine.copying =
        listener -> {
          for (long i = 0; ; i++) {
            listener.copied(i, Long.MAX_VALUE);
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
            scene.machine.guestWrites.put(
                "scsi0", new GuestWrites(110 + i, Duration.ofSeconds(961 + 6 * i)));
          }
        };
    assertThatThrownBy(this::run)
        .hasCauseInstanceOf(PointInTimeLostException.class)
        .hasMessageMatching(".*scsi0 took [67][0-9]{3} ms.*");
    assertThat(scene.steps.done()).contains("undo");
  }

  @Test
  void aPointInTimeThatBrokeEndsTheBackupWhileItIsRead() throws Exception {
    pace(BEAT, EVER, EVER, EVER);
    scene.steps.failAfter(
        0,
        "verify",
        () -> {
          throw new PointInTimeBrokenException("the scratch file of disk scsi0 is full", null);
        });
    assertThatThrownBy(afterTheInstant(() -> await(this::closed))::join)
        .hasCauseInstanceOf(PointInTimeLostException.class)
        .hasMessageContaining("scsi0 is full");
  }

  @Test
  void aGuestWhoseWritesTakeLongEndsTheBackup() throws Exception {
    pace(EVER, EVER, EVER, Duration.ofSeconds(5));
    scene.machine.guestWrites.put("scsi0", new GuestWrites(100, Duration.ofMinutes(15)));
    CompletableFuture<BackupSummary> backup =
        afterTheInstant(
            () -> {
              long before = storage.writes.get();
              await(() -> storage.writes.get() > before + 10);
              assertThat(closed()).as("slow writes of long ago do not count").isFalse();
              scene.machine.guestWrites.put("scsi0", new GuestWrites(110, Duration.ofSeconds(961)));
              await(this::closed);
            });
    assertThatThrownBy(backup::join)
        .hasCauseInstanceOf(PointInTimeLostException.class)
        .hasMessageContaining("scsi0 took 6100 ms");
  }

  @Test
  void doubtfulStorageGetsTheStrategyWithATimeOut() throws Exception {
    scene.machine.timed = Strategy.JOB_FILTER;
    scene.backUp();
    assertThat(scene.machine.taken).isEqualTo(Strategy.OVERLAY_WITH_PROBE);
    storage.type = "nfs4";
    assertThat(scene.backUp().strategy()).isEqualTo(Strategy.JOB_FILTER);
    assertThat(scene.machine.taken).isEqualTo(Strategy.JOB_FILTER);
    assertThat(scene.notes).anyMatch(line -> line.contains("nfs4"));
  }

  @Test
  void littleRoomAndErrorsAreToldOnce() throws Exception {
    pace(EVER, EVER, EVER, EVER);
    storage.room = 64 << 20;
    afterTheInstant(
            () -> {
              await(() -> scene.warnings.size() >= 2);
              storage.broken = true;
              await(() -> scene.warnings.size() >= 3);
              storage.broken = false;
              long before = storage.writes.get();
              await(() -> storage.writes.get() > before + 10);
            })
        .join();
    assertThat(scene.warnings).filteredOn(line -> line.contains("64 MiB left")).hasSize(2);
    assertThat(scene.warnings).filteredOn(line -> line.contains("refuses a write")).hasSize(1);
    assertThat(scene.warnings).hasSize(3);
  }

  @Test
  void theSummaryTellsTheSizeOfTheScratchFiles() throws Exception {
    scene.scratchContent = new byte[12_345];
    assertThat(scene.backUp().scratchUsed()).isEqualTo(2 * 12_345);
  }

  @Test
  void storageOfADeadRunThatHangsKeepsItInQemu() throws Exception {
    scene.machine.remains = true;
    scene.machine.remainingScratch.add(folder.resolve("qmpbs-89abcdef/qmpbs-89abcdef-s0.qcow2"));
    storage.stalled = true;
    RemainsSweeper sweeper =
        new RemainsSweeper(
            scene.machine.connect(folder), storage, CleanUpLog.notes(scene.progress()));
    assertThatThrownBy(() -> sweeper.sweep(BEAT)).isInstanceOf(ScratchException.class);
    assertThat(scene.steps.done()).doesNotContain("sweep");
    storage.stalled = false;
    sweeper.sweep(Duration.ofMinutes(1));
    assertThat(scene.steps.done()).contains("sweep");
  }

  /** Runs a backup that is held at its first read until {@code meanwhile} is done. */
  private CompletableFuture<BackupSummary> afterTheInstant(Runnable meanwhile) throws Exception {
    CompletableFuture<Void> reading = new CompletableFuture<>();
    CompletableFuture<Void> go = new CompletableFuture<>();
    scene.machine.beforeOpen =
        () -> {
          reading.complete(null);
          go.join();
        };
    CompletableFuture<BackupSummary> backup = CompletableFuture.supplyAsync(this::run);
    reading.get(30, TimeUnit.SECONDS);
    scene.machine.beforeOpen = () -> {};
    // Held at its read until the job is to end, as a read that the storage does not answer is.
    CompletableFuture<Void> done = CompletableFuture.runAsync(meanwhile);
    await(() -> done.isDone() || closed());
    go.complete(null);
    done.join();
    return backup;
  }

  private BackupSummary run() {
    try {
      return scene.job().run();
    } catch (IOException e) {
      throw new java.util.concurrent.CompletionException(e);
    }
  }

  private boolean closed() {
    return scene.server.open == null;
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain");
      }
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
  }
}
