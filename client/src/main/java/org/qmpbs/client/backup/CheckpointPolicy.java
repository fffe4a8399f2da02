package org.qmpbs.client.backup;

import java.time.Duration;

/**
 * When the first upload of a group leaves checkpoints behind
 * (docs/adr/0010-checkpoints-of-a-first-upload.md).
 *
 * @param interval how long is sent before what was sent is made permanent; what an interruption
 *     costs at most
 * @param threshold bytes to be read from which on it does
 */
public record CheckpointPolicy(Duration interval, long threshold) {
  /**
   * A checkpoint costs the line one index, 64 hex digits and an offset for each 4 MiB, so that even
   * at 1 Mbit/s it is a small part of half an hour; and half an hour lost is bearable.
   */
  private static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(30);

  /**
   * Five minutes at 1 Gbit/s, forty-five at 100 Mbit/s, nearly four hours at 20 Mbit/s: below this
   * an ordinary line is done before anybody minds starting over, and a snapshot that is no backup
   * is spared.
   */
  private static final long DEFAULT_THRESHOLD = 32L << 30;

  /** What holds when nothing is asked for. */
  public static final CheckpointPolicy DEFAULT =
      new CheckpointPolicy(DEFAULT_INTERVAL, DEFAULT_THRESHOLD);

  /** Never. */
  public static final CheckpointPolicy OFF = new CheckpointPolicy(DEFAULT_INTERVAL, Long.MAX_VALUE);

  /** Asked for, so whatever the size. */
  public static CheckpointPolicy every(Duration interval) {
    return new CheckpointPolicy(interval, 0);
  }

  /** Checks the bounds. */
  public CheckpointPolicy {
    if (interval.isNegative() || interval.isZero() || threshold < 0) {
      throw new IllegalArgumentException(
          "checkpoints every " + interval + " from " + threshold + " bytes on");
    }
  }
}
