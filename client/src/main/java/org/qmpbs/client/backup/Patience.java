package org.qmpbs.client.backup;

import java.time.Duration;
import org.qmpbs.client.retry.Retries;

/**
 * What a backup waits for instead of failing.
 *
 * @param retries after a lost connection
 * @param lock how long for a group that somebody else holds
 */
public record Patience(Retries retries, Duration lock) {
  /** Fails at once. */
  public static final Patience NONE = new Patience(Retries.NONE, Duration.ZERO);

  /** Rejects a negative time. */
  public Patience {
    if (lock.isNegative()) {
      throw new IllegalArgumentException("a wait of " + lock);
    }
  }
}
