package org.qmpbs.nbd;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Deadlines. A SocketChannel of a unix socket has no timeouts, so one daemon thread for all
 * connections closes the channel of whoever is too late. Its tasks must not wait for anything.
 */
final class Watchdog {
  private static final ScheduledThreadPoolExecutor TIMER = timer();

  private Watchdog() {}

  /** Runs {@code late} after {@code timeout}, unless the deadline is met before. */
  static Deadline after(Duration timeout, Runnable late) {
    Deadline deadline = new Deadline();
    deadline.timer(
        TIMER.schedule(() -> deadline.expire(late), timeout.toNanos(), TimeUnit.NANOSECONDS));
    return deadline;
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
