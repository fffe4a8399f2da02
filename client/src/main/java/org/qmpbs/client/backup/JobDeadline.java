package org.qmpbs.client.backup;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Ends a job that takes too long, by its token. */
final class JobDeadline implements AutoCloseable {
  /** Longer deadlines are as good as none, and overflow timers. */
  private static final Duration LONGEST = Duration.ofDays(3650);

  private final ScheduledExecutorService timer;
  private final ScheduledFuture<?> expiry;

  JobDeadline(Duration limit, CancellationToken token) {
    timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "qmpbs-deadline");
              thread.setDaemon(true);
              return thread;
            });
    Duration bounded = limit.compareTo(LONGEST) > 0 ? LONGEST : limit;
    expiry =
        timer.schedule(
            () -> token.cancel(tooLong(limit)), bounded.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static JobDeadlineException tooLong(Duration limit) {
    return new JobDeadlineException(
        "the backup took longer than "
            + limit
            + " and was ended; there is no new snapshot, and no change is lost for the next one",
        "Allow more time, or find out what is slow: the server, the network, or the disk.",
        null);
  }

  @Override
  public void close() {
    expiry.cancel(false);
    timer.shutdownNow();
  }
}
