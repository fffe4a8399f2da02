package org.qmpbs.client.read;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
public final class JobStop implements RateLimiter.Ticker, AutoCloseable {
  private final String job;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private @Nullable Reason reason;
  private final List<ReaderSession> sessions = new ArrayList<>();
  private @Nullable Timer timer;

  /** Why the job ends. */
  public enum Reason {
    /** Somebody asked for it. */
    CANCELLED,
    /** It took too long. */
    DEADLINE
  }

  /**
   * Starts the deadline.
   *
   * @param job what it is, for messages: restore, verification
   */
  public JobStop(String job, Optional<Duration> deadline) {
    this.job = job;
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

  /** Ends the job; the first reason counts. */
  public void stop(Reason why) {
    List<ReaderSession> open;
    synchronized (this) {
      if (reason == null) {
        reason = why;
      }
      open = List.copyOf(sessions);
    }
    stopped.countDown();
    open.forEach(ReaderSession::close);
  }

  /** Closes {@code opened} when the job is stopped; at once if it already was. */
  public void watch(ReaderSession opened) throws JobStoppedException {
    synchronized (this) {
      sessions.add(opened);
    }
    check();
  }

  /** Fails if the job was stopped. */
  public void check() throws JobStoppedException {
    Optional<Reason> why = reason();
    if (why.isPresent()) {
      throw new JobStoppedException(job, why.get() == Reason.DEADLINE, null);
    }
  }

  /** {@code failure}, or the stop that led to it. */
  public IOException explain(IOException failure) {
    if (failure instanceof JobStoppedException) {
      return failure;
    }
    return reason()
        .<IOException>map(why -> new JobStoppedException(job, why == Reason.DEADLINE, failure))
        .orElse(failure);
  }

  /** For a thread that was interrupted: that is a cancellation, too. */
  public JobStoppedException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new JobStoppedException(job, false, cause);
  }

  /** Why it was stopped, if it was. */
  public synchronized Optional<Reason> reason() {
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
