package org.qmpbs.client.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.pbs.PbsServer;

/**
 * A request to end early and what follows: the first one cancels the job, which cleans up and fails
 * in its own thread. Clean-up is given {@link #PATIENCE}; after that, or at a second request, the
 * process ends at once. That loses nothing: the next run finds and removes what is left.
 */
final class Interruption {
  /**
   * Longer than QEMU needs to cancel jobs and drop nodes, shorter than systemd's 90 s to SIGKILL.
   */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final CountDownLatch finished = new CountDownLatch(1);
  private Runnable cancel;
  private @Nullable ExitCode requested;

  /** Until there is a job, a request interrupts {@code worker}. */
  Interruption(Thread worker) {
    this.cancel = worker::interrupt;
  }

  /** From now on a request calls {@code job}; at once if there was one already. */
  void cancelWith(Runnable job) {
    boolean late;
    synchronized (this) {
      cancel = job;
      late = requested != null;
    }
    if (late) {
      job.run();
    }
  }

  /**
   * From now on a request also ends the calls to {@code server}: an interrupted thread goes on
   * reading from a socket, and a server may take minutes for an answer.
   */
  void cancelCalls(PbsServer server) {
    Thread worker = Thread.currentThread();
    cancelWith(
        () -> {
          worker.interrupt();
          server.close();
        });
  }

  /** Called in a thread of its own for every signal. */
  void request(ExitCode code) {
    Runnable action;
    synchronized (this) {
      if (requested != null) {
        Runtime.getRuntime().halt(code.code());
      }
      requested = code;
      action = cancel;
    }
    if (finished.getCount() == 0) {
      return;
    }
    action.run();
    endUnlessFinished(code);
  }

  private void endUnlessFinished(ExitCode code) {
    try {
      if (!finished.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        Runtime.getRuntime().halt(code.code());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The work is over; a request changes nothing any more. */
  void finished() {
    finished.countDown();
  }

  /** The first request, if there was one. */
  synchronized Optional<ExitCode> requested() {
    return Optional.ofNullable(requested);
  }
}
