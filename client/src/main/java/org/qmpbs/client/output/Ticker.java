package org.qmpbs.client.output;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Calls something at a steady pace from a thread of its own, so that a terminal that does not take
 * our text stops nobody but this thread.
 */
final class Ticker implements AutoCloseable {
  /** How long {@link #close} waits for a terminal that takes nothing. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;

  Ticker(Duration period, Runnable tick) {
    this.thread =
        new Thread(
            () -> {
              try {
                while (!stop.await(period.toMillis(), TimeUnit.MILLISECONDS)) {
                  tick.run();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "qmpbs-output");
    thread.setDaemon(true);
    thread.start();
  }

  /** No call begins after this returns, unless the last one is stuck. Idempotent. */
  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
