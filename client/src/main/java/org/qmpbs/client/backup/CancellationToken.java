package org.qmpbs.client.backup;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.rate.RateLimiter;

/**
 * Ends a job from another thread: a signal, or the deadline. Whoever blocks registers a way to be
 * woken; everybody else calls {@link #check} between steps. The first reason stays. Taking things
 * apart afterwards does not look at the token, so a cancelled job still leaves no debris.
 */
final class CancellationToken {
  private final AtomicReference<@Nullable BackupException> reason = new AtomicReference<>();
  private final Set<Runnable> wakers = new LinkedHashSet<>();

  /** A registered way to be woken. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }

  /** Ends the job with {@code why}; later calls change nothing. */
  void cancel(BackupException why) {
    if (!reason.compareAndSet(null, why)) {
      return;
    }
    List<Runnable> toWake;
    synchronized (wakers) {
      toWake = List.copyOf(wakers);
    }
    toWake.forEach(Runnable::run);
  }

  /** The machine's time, by which nobody waits any longer once the job is to end. */
  RateLimiter.Ticker ticker() {
    return new RateLimiter.Ticker() {
      @Override
      public long nanos() {
        return RateLimiter.Ticker.SYSTEM.nanos();
      }

      @Override
      public void sleep(Duration duration) throws InterruptedException {
        CountDownLatch cancelled = new CountDownLatch(1);
        Registration waker = onCancel(cancelled::countDown);
        try {
          cancelled.await(duration.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
          waker.close();
        }
      }
    };
  }

  /** Throws the reason if the job is to end. */
  void check() throws BackupException {
    BackupException why = reason.get();
    if (why != null) {
      throw why;
    }
  }

  /** Why the job is to end, or null. */
  @Nullable BackupException reason() {
    return reason.get();
  }

  /** Calls {@code waker} when the job is to end, at once if that is so already. */
  Registration onCancel(Runnable waker) {
    synchronized (wakers) {
      wakers.add(waker);
    }
    if (reason.get() != null) {
      waker.run();
    }
    return () -> {
      synchronized (wakers) {
        wakers.remove(waker);
      }
    };
  }
}
