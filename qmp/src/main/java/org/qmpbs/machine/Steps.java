package org.qmpbs.machine;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.qmpbs.qmp.MonitorClosedException;
import org.qmpbs.qmp.QmpTimeoutException;

/**
 * Goes on past the errors of single steps and remembers the first. It stops at the end of QEMU,
 * after which nothing is left to do, and at a command without an answer, for the next ones would
 * wait in vain too.
 */
final class Steps {
  /** One step. */
  @FunctionalInterface
  interface Step {
    void run() throws IOException;
  }

  private @Nullable IOException first;
  private boolean over;

  /** Runs the step unless QEMU has ended or hangs. */
  void run(Step step) {
    if (over) {
      return;
    }
    try {
      step.run();
    } catch (MonitorClosedException e) {
      over = true;
    } catch (IOException e) {
      over = e instanceof QmpTimeoutException;
      if (first == null) {
        first = e;
      } else if (first != e) {
        first.addSuppressed(e);
      }
    }
  }

  /** Throws the first error, if there was one. */
  void rethrow() throws IOException {
    if (first != null) {
      throw first;
    }
  }
}
