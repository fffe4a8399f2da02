package org.qmpbs.nbd;

import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A time by which something has to be done. Exactly one of the two sides wins: {@link #met} says
 * whether it was in time, which cancelling a future does not tell while its task is running.
 */
final class Deadline {
  private final AtomicBoolean decided = new AtomicBoolean();
  private volatile @Nullable Future<?> timer;

  /** What {@link Watchdog} runs at the time. */
  void expire(Runnable late) {
    if (decided.compareAndSet(false, true)) {
      late.run();
    }
  }

  void timer(Future<?> future) {
    timer = future;
  }

  /** Whether this came before the time was up; asking again answers no. */
  boolean met() {
    boolean inTime = decided.compareAndSet(false, true);
    Future<?> running = timer;
    if (running != null) {
      running.cancel(false);
    }
    return inTime;
  }
}
