package org.qmpbs.nbd;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Deadlines. A SocketChannel of a unix socket has no timeouts, so one daemon thread for all
 * connections closes the channel of whoever is too late. Its tasks must not wait for anything.
 */
final class Watchdog {
  private static final ScheduledThreadPoolExecutor TIMER = timer();

  private Watchdog() {}

  /** Runs {@code late} after {@code timeout}, unless the future is cancelled before. */
  static Future<?> after(Duration timeout, Runnable late) {
    return TIMER.schedule(late, timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "qmpbs-nbd-watchdog");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }
}
