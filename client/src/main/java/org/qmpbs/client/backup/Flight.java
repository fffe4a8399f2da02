package org.qmpbs.client.backup;

import java.io.IOException;
import java.io.InterruptedIOException;
import org.jspecify.annotations.Nullable;

/**
 * What of a pipeline's work is under way, and its first failure. The first failure stays and stops
 * everything; what fails after it fails because of it, and is not told. Thread-safe.
 */
final class Flight {
  private final Runnable stop;
  private final Object lock = new Object();
  private int pending;
  private @Nullable Throwable failure;

  /**
   * Starts with nothing under way.
   *
   * @param stop called once, at the first failure, by whoever met it
   */
  Flight(Runnable stop) {
    this.stop = stop;
  }

  /** A piece of work begins. */
  void begin() {
    synchronized (lock) {
      pending++;
    }
  }

  /** A piece of work has ended well. */
  void done() {
    synchronized (lock) {
      pending--;
      lock.notifyAll();
    }
  }

  /** Waits until all work has ended, or any has failed. */
  void awaitIdle() throws IOException {
    synchronized (lock) {
      while (pending > 0 && failure == null) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          throw interrupted(e);
        }
      }
    }
  }

  /** Something failed. */
  void fail(Throwable cause) {
    synchronized (lock) {
      if (failure != null) {
        return;
      }
      failure = cause;
      lock.notifyAll();
    }
    stop.run();
  }

  /** Throws the first failure, if there is one. */
  void throwFailure() throws IOException {
    Throwable cause;
    synchronized (lock) {
      cause = failure;
    }
    if (cause instanceof IOException io) {
      throw io;
    }
    if (cause != null) {
      throw new IllegalStateException("the pipeline failed: " + cause, cause);
    }
  }

  /** Runs a task in a thread that has nobody to throw at. */
  void guarded(KnownChunks.WhenKnown task) {
    try {
      task.run();
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
    }
  }

  /** Turns an interrupt into the kind of failure that callers know, and keeps the flag. */
  static IOException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    InterruptedIOException exception = new InterruptedIOException("the backup was interrupted");
    exception.initCause(cause);
    return exception;
  }
}
