package org.qmpbs.client.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.qmpbs.client.restore.RestoreFixture.ARCHIVE;
import static org.qmpbs.client.restore.RestoreFixture.names;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.chunker.Digest;
import org.qmpbs.client.lookup.SnapshotPath;
import org.qmpbs.client.memory.ManualClock;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.read.JobStoppedException;
import org.qmpbs.client.restore.RestoreRequest.Selection;
import org.qmpbs.client.retry.Retries;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsFailures;
import org.qmpbs.pbs.ReadKey;
import org.qmpbs.pbs.Refusal;
import org.qmpbs.pbs.ServerProblem;
import org.qmpbs.pbs.ServerUnreachableException;
import org.qmpbs.pbs.ServerUnreachableException.Stage;
import org.qmpbs.pbs.SessionLostException;

@Timeout(60)
class PatientReaderTest {
  @TempDir private Path directory;
  private final RestoreFixture fixture = new RestoreFixture();

  private RestoreJob job(int times, Duration delay) {
    RestoreRequest request =
        new RestoreRequest(
            Namespace.ROOT,
            SnapshotPath.parse(RestoreFixture.SNAPSHOT),
            new Selection.ToFile(ARCHIVE, directory.resolve("disk.raw")),
            ImageFormat.RAW,
            false,
            OptionalLong.empty(),
            Optional.empty(),
            new Retries(times, delay),
            ReadKey.NONE);
    return new RestoreJob(fixture.server, request, Progress.NONE, new ManualClock(), new Random(1));
  }

  private RestoreJob job(int times) {
    return job(times, Duration.ofMillis(1));
  }

  @Test
  void aConnectionThatBreaksAtEveryChunkCostsNoChunkTwice() throws Exception {
    Set<Digest> broken = ConcurrentHashMap.newKeySet();
    fixture.server.hook =
        digest -> {
          if (broken.add(digest)) {
            throw PbsFailures.lost("cut", null);
          }
          assertThat(fixture.server.reader.registered).containsExactly(ARCHIVE);
        };
    // One retry is enough: every answer in between gives it back.
    RestoreSummary summary = job(2).run();
    assertThat(Files.readAllBytes(directory.resolve("disk.raw"))).isEqualTo(fixture.image);
    assertThat(summary.retries()).isBetween(2, 8);
    assertThat(summary.archives().get(0).downloadedChunks()).isEqualTo(4);
    assertThat(fixture.server.reader.isClosed()).isTrue();
  }

  @Test
  void aServerThatIsAwayForAWhileIsWaitedFor() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    fixture.server.hook =
        digest -> {
          if (calls.incrementAndGet() == 2) {
            throw PbsFailures.lost("restart", null);
          }
        };
    fixture.server.atStart =
        number -> {
          if (number == 1 || number == 2) {
            throw PbsFailures.unreachable(Stage.CONNECT);
          }
        };
    RestoreSummary summary = job(3).run();
    assertThat(Files.readAllBytes(directory.resolve("disk.raw"))).isEqualTo(fixture.image);
    assertThat(summary.retries()).isEqualTo(3);
    assertThat(fixture.server.sessions).isEqualTo(4);
  }

  @Test
  void aServerThatStaysAwayEndsTheRestoreAndNothingIsLeft() throws Exception {
    fixture.server.hook =
        digest -> {
          throw PbsFailures.lost("cut", null);
        };
    assertThatExceptionOfType(SessionLostException.class).isThrownBy(() -> job(3).run());
    assertThat(fixture.server.sessions).isEqualTo(4);
    assertThat(names(directory)).isEmpty();
  }

  @Test
  void withoutRetriesTheFirstBreakEndsIt() {
    fixture.server.atStart =
        number -> {
          throw PbsFailures.unreachable(Stage.CONNECT);
        };
    assertThatExceptionOfType(ServerUnreachableException.class).isThrownBy(() -> job(0).run());
    assertThat(fixture.server.sessions).isEqualTo(1);
  }

  @Test
  void whatIsNoBrokenConnectionIsNeverTriedAgain() {
    List<IOException> failures =
        new ArrayList<>(List.of(new IOException("nothing we know"), new IOException("disk")));
    for (ServerProblem problem : ServerProblem.values()) {
      if (problem != ServerProblem.NOT_READY) {
        failures.add(Refusal.of(403, "no", problem));
      }
    }
    for (IOException failure : failures) {
      AtomicInteger calls = new AtomicInteger();
      fixture.server.sessions = 0;
      fixture.server.hook =
          digest -> {
            calls.incrementAndGet();
            throw failure;
          };
      assertThatExceptionOfType(IOException.class).isThrownBy(() -> job(3).run());
      assertThat(fixture.server.sessions).as("%s", failure).isEqualTo(1);
      assertThat(calls).as("%s", failure).hasValueLessThanOrEqualTo(4);
    }
  }

  @Test
  void nobodyWaitsForThePauseOfARestoreThatIsCancelled() throws Exception {
    CountDownLatch broken = new CountDownLatch(1);
    fixture.server.hook =
        digest -> {
          broken.countDown();
          throw PbsFailures.lost("cut", null);
        };
    RestoreJob job = job(3, Duration.ofHours(1));
    Thread stopper =
        new Thread(
            () -> {
              try {
                broken.await();
              } catch (InterruptedException e) {
                return;
              }
              job.cancel();
            },
            "test-stopper");
    stopper.start();
    assertThatExceptionOfType(JobStoppedException.class).isThrownBy(job::run);
    stopper.join();
    assertThat(names(directory)).isEmpty();
  }
}
