package org.qmpbs.client.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.ChunkSealer;
import org.qmpbs.client.memory.ManualClock;
import org.qmpbs.client.memory.MemoryServer;
import org.qmpbs.client.memory.RecordedProgress;
import org.qmpbs.client.rate.RateLimiter;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsFailures;
import org.qmpbs.pbs.Refusal;
import org.qmpbs.pbs.ServerProblem;
import org.qmpbs.pbs.ServerUnreachableException.Stage;
import org.qmpbs.pbs.Snapshot;

class ClientLogTest {
  private static final Snapshot SNAPSHOT = Snapshot.parse("vm/100/2026-11-21T09:00:00Z");

  private final ManualClock clock = new ManualClock();
  private final ClientLog log = new ClientLog(clock, text -> text.replace("hunter2", "(secret)"));
  private final MemoryServer server = new MemoryServer();
  private final RecordedProgress progress = new RecordedProgress();
  private final List<Duration> pauses = new ArrayList<>();

  /** Time that passes at once; a server that was away is back after the pause. */
  private final RateLimiter.Ticker ticker =
      new RateLimiter.Ticker() {
        @Override
        public long nanos() {
          return 0;
        }

        @Override
        public void sleep(Duration duration) {
          pauses.add(duration);
          server.admin.refusal = afterwards.orElse(server.admin.refusal);
          if (comesBack) {
            server.admin.refusal = null;
          }
        }
      };

  private boolean comesBack;
  private Optional<IOException> afterwards = Optional.empty();

  private String text() {
    return new String(log.content(), UTF_8);
  }

  private boolean upload() {
    return new LogUpload(server, Namespace.ROOT, ticker)
        .upload(SNAPSHOT, log, ChunkSealer.PLAIN, progress);
  }

  @Test
  void linesHaveTheirTimesAndNoSecrets() {
    log.add("the password hunter2\nwas quoted");
    clock.advance(Duration.ofSeconds(1));
    log.add("done");
    assertThat(text())
        .isEqualTo(
            """
            2026-11-21T09:00:00Z the password (secret)
            2026-11-21T09:00:00Z was quoted
            2026-11-21T09:00:01Z done
            """);
  }

  @Test
  void aRunThatSaysVeryMuchKeepsItsBeginningAndItsEnd() {
    for (int i = 0; i < 100_000; i++) {
      log.add("line " + i + " of very many");
    }
    log.add("x".repeat(10 * ClientLog.LONGEST_LINE));
    assertThat(log.content().length)
        .isBetween(2 * ClientLog.MOST - 200 - ClientLog.LONGEST_LINE, 2 * ClientLog.MOST + 100);
    assertThat(text())
        .startsWith("2026-11-21T09:00:00Z line 0 of")
        .contains("lines are left out here]\n", "line 99999 of very many\n")
        .endsWith("x…\n");
  }

  @Test
  void everyByteOfAShortLogIsUploadedAsABlob() throws IOException {
    log.add("done");
    byte[] blob = ChunkSealer.PLAIN.seal(log.content());
    assertThat(Blob.decode(blob, Blob.MAX_BLOB)).isEqualTo(log.content());
    assertThat(upload()).isTrue();
    assertThat(server.admin.calls).containsExactly("log of " + SNAPSHOT);
    assertThat(progress.warnings).isEmpty();
  }

  @Test
  void aServerThatIsAwayForAMomentIsAskedOnceMore() {
    server.admin.refusal = PbsFailures.unreachable(Stage.CONNECT);
    comesBack = true;
    assertThat(upload()).isTrue();
    assertThat(pauses).hasSize(1);
    assertThat(progress.warnings).isEmpty();
  }

  @Test
  void aLogWhoseArrivalWasNotConfirmedIsThereAllTheSame() {
    server.admin.refusal = PbsFailures.unreachable(Stage.ANSWER);
    afterwards = Optional.of(Refusal.of(400, "contains a log", ServerProblem.EXISTS));
    assertThat(upload()).isTrue();
    assertThat(progress.warnings).isEmpty();
  }

  @Test
  void aLogThatCannotBeStoredIsAWarningAndNoMore() {
    server.admin.refusal = PbsFailures.unreachable(Stage.CONNECT);
    assertThat(upload()).isFalse();
    assertThat(pauses).hasSize(1);
    server.admin.refusal = Refusal.of(403, "no", ServerProblem.PERMISSION);
    assertThat(upload()).isFalse();
    assertThat(pauses).as("what is no broken connection is not tried again").hasSize(1);
    assertThat(progress.warnings).hasSize(2).allMatch(line -> line.contains("the backup is good"));
  }
}
