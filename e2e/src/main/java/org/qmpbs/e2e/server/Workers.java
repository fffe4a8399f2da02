package org.qmpbs.e2e.server;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that touch the disk, so that the event loop never waits for it. The queue is bounded:
 * a connection whose call finds it full is closed.
 */
final class Workers implements AutoCloseable {
  /** Hashing and decoding keep a core each; a few more threads may wait for the disk. */
  private static final int THREADS = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

  /** More calls than 60 sessions can have in flight. */
  private static final int QUEUE = 2048;

  private static final Duration GRACE = Duration.ofSeconds(30);

  private final ThreadPoolExecutor pool;

  Workers() {
    AtomicInteger number = new AtomicInteger();
    pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE),
            task -> {
              Thread thread = new Thread(task, "pbs-server-worker-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** False if there is too much to do already. */
  boolean tryExecute(Runnable task) {
    try {
      pool.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** For work that has to be done, such as the end of a session. */
  void execute(Runnable task) {
    if (!tryExecute(task)) {
      task.run();
    }
  }

  /** Lets everything that was begun come to its end. */
  @Override
  public void close() {
    pool.shutdown();
    try {
      if (!pool.awaitTermination(GRACE.toSeconds(), TimeUnit.SECONDS)) {
        pool.shutdownNow();
      }
    } catch (InterruptedException e) {
      pool.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
