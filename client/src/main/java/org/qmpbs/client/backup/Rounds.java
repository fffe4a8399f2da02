package org.qmpbs.client.backup;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does something again and again in a daemon thread of its own, which may hang in it. */
final class Rounds {
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean oneMore;

  Rounds(String name, Duration period, Runnable round) {
    thread =
        new Thread(
            () -> {
              try {
                while (!stop.await(period.toNanos(), TimeUnit.NANOSECONDS)) {
                  round.run();
                }
                if (oneMore) {
                  round.run();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            name);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** No round begins after this; one that is under way goes on. */
  void stop() {
    stop.countDown();
  }

  /** One more round begins as soon as the one that is under way has ended, and is the last. */
  void stopAfterOneMore() {
    oneMore = true;
    stop.countDown();
  }

  /**
   * Waits for the end, also in a thread that is interrupted.
   *
   * @return false if it did not come in time
   */
  boolean join(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    boolean interrupted = false;
    while (true) {
      long left = deadline - System.nanoTime();
      try {
        if (left > 0) {
          TimeUnit.NANOSECONDS.timedJoin(thread, left);
        }
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }
}
