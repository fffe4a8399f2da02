package org.qmpbs.client.restore;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Spreads bytes over time. Each transfer moves the moment at which the next may begin; a pause does
 * not earn a burst. Safe for several threads.
 */
final class RateLimiter {
  private final OptionalLong bytesPerSecond;
  private final LongSupplier nanoTime;
  private long free;

  /**
   * Starts now.
   *
   * @param bytesPerSecond for all threads together, or empty for no limit
   * @param nanoTime as {@link System#nanoTime}
   */
  RateLimiter(OptionalLong bytesPerSecond, LongSupplier nanoTime) {
    this.bytesPerSecond = bytesPerSecond;
    this.nanoTime = nanoTime;
    this.free = nanoTime.getAsLong();
  }

  /** Waits until {@code bytes}, which were just transferred, are paid for. */
  void pay(long bytes) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(reserve(bytes));
  }

  /** Nanoseconds to wait for {@code bytes}. */
  synchronized long reserve(long bytes) {
    if (bytesPerSecond.isEmpty()) {
      return 0;
    }
    long now = nanoTime.getAsLong();
    long cost = (long) (bytes * 1e9 / bytesPerSecond.getAsLong());
    free = Math.max(free - now, 0) + now + cost;
    return free - now;
  }
}
