package org.qmpbs.client.rate;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * Spreads what is sent over time: a token bucket that holds one second's worth and may go into
 * debt. A request is let through as soon as earlier ones are paid off, however large it is, so a
 * rate below one chunk a second works, and the average never exceeds the rate by more than the
 * bucket. Thread-safe; nobody sleeps while holding the lock.
 */
public final class RateLimiter {
  /** Time that passes, and waiting for it. */
  public interface Ticker {
    /** Nanoseconds since some fixed moment. */
    long nanos();

    /** Waits. */
    void sleep(Duration duration) throws InterruptedException;

    /** The machine's. */
    Ticker SYSTEM =
        new Ticker() {
          @Override
          public long nanos() {
            return System.nanoTime();
          }

          @Override
          public void sleep(Duration duration) throws InterruptedException {
            Thread.sleep(duration.toMillis(), duration.toNanosPart() % 1_000_000);
          }
        };
  }

  private static final double NANOS = 1e9;

  private final OptionalLong bytesPerSecond;
  private final Ticker ticker;
  private double tokens;
  private long filledAt;

  /**
   * Starts with a full bucket.
   *
   * @param bytesPerSecond at least 1, or empty for no limit
   */
  public RateLimiter(OptionalLong bytesPerSecond, Ticker ticker) {
    if (bytesPerSecond.isPresent() && bytesPerSecond.getAsLong() < 1) {
      throw new IllegalArgumentException("a rate of " + bytesPerSecond.getAsLong() + " bytes/s");
    }
    this.bytesPerSecond = bytesPerSecond;
    this.ticker = ticker;
    this.tokens = (double) bytesPerSecond.orElse(0);
    this.filledAt = ticker.nanos();
  }

  /** Takes {@code bytes} and waits until they may be sent. */
  public void acquire(long bytes) throws InterruptedException {
    if (bytesPerSecond.isEmpty()) {
      return;
    }
    Duration wait = reserve(bytes, bytesPerSecond.getAsLong());
    if (!wait.isZero()) {
      ticker.sleep(wait);
    }
  }

  /** The debt before this request decides how long it waits; then it is in debt itself. */
  private synchronized Duration reserve(long bytes, long rate) {
    long now = ticker.nanos();
    tokens = Math.min((double) rate, tokens + (now - filledAt) / NANOS * rate);
    filledAt = now;
    double debt = Math.max(0, -tokens);
    tokens -= (double) bytes;
    return Duration.ofNanos((long) Math.ceil(debt / rate * NANOS));
  }
}
