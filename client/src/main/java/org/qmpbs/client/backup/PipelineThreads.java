package org.qmpbs.client.backup;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One kind of worker of a pipeline: named daemon threads and a queue as long as there are buffers.
 * A task holds a buffer, so the queue can never be full.
 */
final class PipelineThreads {
  private final ThreadPoolExecutor executor;

  PipelineThreads(String name, int threads, int tasks) {
    AtomicInteger number = new AtomicInteger();
    this.executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(tasks),
            task -> {
              Thread thread = new Thread(task, "qmpbs-" + name + "-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Runs a task; returns false if the threads were stopped. */
  boolean run(Runnable task) {
    try {
      executor.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      if (executor.isShutdown()) {
        return false;
      }
      throw new IllegalStateException("more tasks than buffers", e);
    }
  }

  /** Interrupts what runs, and runs nothing else. */
  void stop() {
    executor.shutdownNow();
  }

  /** Ends the threads once they are idle; returns whether they ended within {@code patience}. */
  boolean end(Duration patience) throws InterruptedException {
    executor.shutdown();
    return executor.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
  }
}
