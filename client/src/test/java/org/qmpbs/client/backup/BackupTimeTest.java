package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.rate.FakeTicker;
import org.qmpbs.pbs.Snapshot;

class BackupTimeTest {
  private static final long NOW = 1_700_000_000L;
  private final FakeTicker ticker = new FakeTicker(NOW);
  private final CancellationToken token = new CancellationToken();

  @Test
  void withoutAnythingBeforeItIsNow() throws IOException {
    assertThat(next(OptionalLong.empty(), Optional.empty())).isEqualTo(NOW);
    assertThat(next(OptionalLong.empty(), last(NOW - 1))).isEqualTo(NOW);
    assertThat(ticker.slept()).isZero();
  }

  @Test
  void aSecondStartInTheSameSecondWaitsForTheNext() throws IOException {
    assertThat(next(OptionalLong.empty(), last(NOW))).isEqualTo(NOW + 1);
    assertThat(ticker.slept()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void aClockThatIsALittleBehindIsWaitedFor() throws IOException {
    assertThat(next(OptionalLong.empty(), last(NOW + 4))).isEqualTo(NOW + 5);
  }

  @Test
  void aClockThatIsFarBehindIsAnErrorAtOnceWithBothTimes() {
    assertThatThrownBy(() -> next(OptionalLong.empty(), last(NOW + 5)))
        .isInstanceOf(ClockException.class)
        .hasMessageContaining("2023-11-14T22:13:20Z")
        .hasMessageContaining("2023-11-14T22:13:25Z");
    assertThat(ticker.slept()).isZero();
  }

  @Test
  void aGivenTimeIsTakenAsItIsOrRefused() throws IOException {
    assertThat(next(OptionalLong.of(NOW - 100), last(NOW - 101))).isEqualTo(NOW - 100);
    assertThatThrownBy(() -> next(OptionalLong.of(NOW), last(NOW)))
        .isInstanceOf(ClockException.class)
        .hasMessageContaining("given backup time");
  }

  @Test
  void waitingEndsWhenTheJobIsCancelled() {
    token.cancel(new JobCancelledException("cancelled", "", null));
    assertThatThrownBy(() -> next(OptionalLong.empty(), last(NOW)))
        .isInstanceOf(JobCancelledException.class);
  }

  private static Optional<Snapshot> last(long time) {
    return Optional.of(new Snapshot(Samples.GROUP, time));
  }

  private long next(OptionalLong given, Optional<Snapshot> newest) throws IOException {
    FakeServer server = new FakeServer();
    BackupEnvironment environment =
        new BackupEnvironment(
            server,
            Progress.NONE,
            ticker.clock(),
            new java.util.Random(1),
            monitor -> {
              throw new IOException("not used");
            },
            (path, size) -> {},
            ticker,
            new ChunkPipeline.Sizes(2, 2, 2),
            ScratchCare.OF_HOST);
    return new BackupTime(environment, token).next(Samples.GROUP, given, newest).time();
  }
}
