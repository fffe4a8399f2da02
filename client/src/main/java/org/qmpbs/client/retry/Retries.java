package org.qmpbs.client.retry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often something that passes by itself is waited out, and how long.
 *
 * <p>Each pause is {@link #GROWTH} times the one before: with the defaults 10 s, 1 min and 6 min,
 * one each for a line that flickers, a service that restarts, and a host that boots. All of them
 * are stretched at random, so that the machines of a cluster do not come back to a server at once
 * that threw them out at once.
 *
 * @param times at most; 0 for never
 * @param delay the first pause
 */
public record Retries(int times, Duration delay) {
  /** Nothing is tried again. */
  public static final Retries NONE = new Retries(0, Duration.ofSeconds(10));

  /** What commands do unless they are told otherwise. */
  public static final Retries DEFAULT = new Retries(3, Duration.ofSeconds(10));

  /** Longer pauses save nobody anything; the deadline is what ends a job. */
  public static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  private static final int GROWTH = 6;
  private static final double MOST_STRETCH = 0.5;

  /** Rejects what is no number of times and no pause. */
  public Retries {
    if (times < 0 || delay.isNegative()) {
      throw new IllegalArgumentException(times + " retries after " + delay);
    }
  }

  /**
   * How long to wait now.
   *
   * @param number of the retry, from 1
   */
  public Duration pause(int number, RandomGenerator random) {
    Duration pause = delay;
    for (int i = 1; i < number && pause.compareTo(LONGEST_PAUSE) < 0; i++) {
      pause = pause.multipliedBy(GROWTH);
    }
    return stretched(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE, random);
  }

  /** Up to half as long again. */
  public static Duration stretched(Duration pause, RandomGenerator random) {
    return pause.plusMillis((long) (pause.toMillis() * MOST_STRETCH * random.nextDouble()));
  }
}
