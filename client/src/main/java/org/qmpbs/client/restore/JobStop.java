package org.qmpbs.client.restore;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.rate.RateLimiter;
import org.qmpbs.pbs.ReaderSession;

/**
 * Ends a job from outside: by a user's signal or by the deadline. Closing the session makes every
 * call in flight fail at once; the flag tells those failures from real ones. The first reason wins.
 *
 * <p>It is also the clock that a rate limit waits by: below a chunk a second these waits are
 * minutes, and nobody who stops a job waits for them.
 */
final class JobStop implements RateLimiter.Ticker, AutoCloseable {
  private final CountDownLatch stopped = new CountDownLatch(1);
  private @Nullable Reason reason;
  private @Nullable ReaderSession session;
  private @Nullable Timer timer;

  /** Why the job ends. */
  enum Reason {
    CANCELLED,
    DEADLINE
  }

  /** Starts the deadline. */
  JobStop(Optional<Duration> deadline) {
    deadline.ifPresent(
        after -> {
          timer = new Timer("qmpbs-deadline", true);
          timer.schedule(
              new TimerTask() {
                @Override
                public void run() {
                  stop(Reason.DEADLINE);
                }
              },
              after.toMillis());
        });
  }

  void stop(Reason why) {
    ReaderSession open;
    synchronized (this) {
      if (reason == null) {
        reason = why;
      }
      open = session;
    }
    stopped.countDown();
    if (open != null) {
      open.close();
    }
  }

  /** Closes {@code opened} when the job is stopped; at once if it already was. */
  void watch(ReaderSession opened) throws RestoreStoppedException {
    synchronized (this) {
      session = opened;
    }
    check();
  }

  /** Fails if the job was stopped. */
  void check() throws RestoreStoppedException {
    Optional<Reason> why = reason();
    if (why.isPresent()) {
      throw new RestoreStoppedException(why.get() == Reason.DEADLINE, null);
    }
  }

  /** {@code failure}, or the stop that led to it. */
  IOException explain(IOException failure) {
    if (failure instanceof RestoreStoppedException) {
      return failure;
    }
    return reason()
        .<IOException>map(why -> new RestoreStoppedException(why == Reason.DEADLINE, failure))
        .orElse(failure);
  }

  synchronized Optional<Reason> reason() {
    return Optional.ofNullable(reason);
  }

  @Override
  public long nanos() {
    return RateLimiter.Ticker.SYSTEM.nanos();
  }

  /** Waits; not at all once the job is stopped. */
  @Override
  public void sleep(Duration duration) throws InterruptedException {
    stopped.await(duration.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    if (timer != null) {
      timer.cancel();
    }
  }
}
