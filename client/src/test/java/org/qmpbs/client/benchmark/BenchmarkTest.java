package org.qmpbs.client.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.read.JobStop;
import org.qmpbs.client.read.JobStoppedException;
import org.qmpbs.pbs.PbsFailures;
import org.qmpbs.pbs.SessionLostException;
import org.qmpbs.pbs.SpeedTest;

@Timeout(60)
class BenchmarkTest {
  private final AtomicLong now = new AtomicLong();

  /** A hundredth of a second passes between two looks. */
  private final LongSupplier nanos = () -> now.addAndGet(10_000_000);

  private final JobStop stop = new JobStop("measurement", Optional.empty());
  private final Benchmark benchmark =
      new Benchmark(Duration.ofSeconds(1), nanos, Progress.NONE, stop);

  /** Takes everything. */
  private static final class Sink implements SpeedTest {
    final AtomicInteger calls = new AtomicInteger();

    @Override
    public void send(byte[] data) throws IOException {
      calls.incrementAndGet();
    }

    @Override
    public void close() {}
  }

  @Test
  void theSpeedIsBytesByTimeWithoutTheWarmUp() throws Exception {
    try (EncryptionKey key = EncryptionKey.of(new byte[EncryptionKey.BYTES])) {
      Map<Measure, Double> speeds = benchmark.local(key, new SecureRandom());
      assertThat(speeds).hasSize(Measure.values().length - 1).doesNotContainKey(Measure.TLS);
      // One MiB in each hundredth of a second, but for looks at the clock around it.
      assertThat(speeds.values()).allSatisfy(each -> assertThat(each).isBetween(0.9e8, 1.1e8));
    }
  }

  @Test
  void aServerIsSentChunksUntilTheTimeIsOver() throws Exception {
    Sink sink = new Sink();
    double speed = benchmark.tls(sink);
    assertThat(sink.calls.get()).isBetween(90, 110);
    assertThat(speed).isPositive();
  }

  @Test
  void aServerThatFailsFailsTheMeasurement() {
    SpeedTest broken =
        new SpeedTest() {
          @Override
          public void send(byte[] data) throws IOException {
            throw PbsFailures.lost("cut", null);
          }

          @Override
          public void close() {}
        };
    assertThatExceptionOfType(SessionLostException.class).isThrownBy(() -> benchmark.tls(broken));
  }

  @Test
  void whoStopsItWaitsForNothing() {
    stop.stop(JobStop.Reason.CANCELLED);
    assertThatExceptionOfType(JobStoppedException.class)
        .isThrownBy(() -> benchmark.tls(new Sink()));
  }

  @Test
  void theDataIsThatOfTheOfficialClient() {
    byte[] data = Benchmark.counting(0x404);
    assertThat(data).startsWith(0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0).endsWith(0, 1, 0, 0);
  }
}
