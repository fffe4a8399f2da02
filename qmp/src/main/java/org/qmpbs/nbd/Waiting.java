package org.qmpbs.nbd;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waiting for replies in a caller's thread. */
final class Waiting {
  private Waiting() {}

  /**
   * The reply, or what went wrong as an exception with this thread's stack. An interrupt gives the
   * connection up, and then still waits for the reader to let go of the caller's buffer, which it
   * does at once.
   */
  static <T> T await(Connection connection, CompletableFuture<T> future) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
          connection.abandon(e);
        } catch (ExecutionException e) {
          if (e.getCause() instanceof NbdException failure) {
            throw failure.again();
          }
          throw new IllegalStateException("an NBD reply was made up by somebody else", e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
