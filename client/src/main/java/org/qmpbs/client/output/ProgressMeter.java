package org.qmpbs.client.output;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;

/**
 * How far a phase is, how fast it went lately and when it will be done. The rate is that of the
 * last {@link #WINDOW}: a disk has stretches that cost nothing and stretches that cost everything,
 * and an average since the start would promise nonsense after each change.
 */
final class ProgressMeter {
  private static final Duration WINDOW = Duration.ofSeconds(15);

  private final Clock clock;
  private final Deque<Sample> samples = new ArrayDeque<>();
  private String phase = "";
  private long total;
  private long done;

  private record Sample(long millis, long done) {}

  ProgressMeter(Clock clock) {
    this.clock = clock;
  }

  synchronized void phase(String name) {
    phase = name;
    total(0);
  }

  synchronized void total(long bytes) {
    total = bytes;
    done = 0;
    samples.clear();
    samples.add(new Sample(clock.millis(), 0));
  }

  synchronized void advance(long bytes) {
    done += bytes;
  }

  /** The state now; also remembers it for the rate. Empty before the first phase. */
  synchronized Optional<State> sample() {
    if (phase.isEmpty()) {
      return Optional.empty();
    }
    long now = clock.millis();
    samples.add(new Sample(now, done));
    while (samples.size() > 2 && samples.getFirst().millis() < now - WINDOW.toMillis()) {
      samples.removeFirst();
    }
    Sample oldest = samples.getFirst();
    long elapsed = now - oldest.millis();
    long rate = elapsed <= 0 ? 0 : (done - oldest.done()) * 1000 / elapsed;
    return Optional.of(new State(phase, done, total, rate));
  }

  /**
   * A moment of a phase.
   *
   * @param phase its name
   * @param done bytes
   * @param total bytes, 0 if not known
   * @param rate bytes a second, 0 if not known
   */
  record State(String phase, long done, long total, long rate) {
    /** Whole percent, 100 only when all is done. */
    int percent() {
      return total <= 0 ? 0 : (int) Math.min(100, done * 100.0 / total);
    }

    /** Seconds left, if that can be said. */
    Optional<Duration> eta() {
      if (rate <= 0 || total <= 0 || done >= total) {
        return Optional.empty();
      }
      return Optional.of(Duration.ofSeconds((total - done + rate - 1) / rate));
    }

    /** For a terminal, without line end. */
    String line() {
      if (total <= 0) {
        return phase;
      }
      StringBuilder line = new StringBuilder();
      line.append(
          String.format(
              Locale.ROOT,
              "%s: %3d %%  %s of %s",
              phase,
              percent(),
              Sizes.format(done),
              Sizes.format(total)));
      if (rate > 0) {
        line.append("  ").append(Sizes.format(rate)).append("/s");
      }
      eta().ifPresent(left -> line.append("  ETA ").append(Durations.format(left)));
      return line.toString();
    }
  }
}
