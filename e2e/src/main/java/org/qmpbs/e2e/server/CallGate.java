package org.qmpbs.e2e.server;

/**
 * Counts the calls of a session that are being carried out, so that the session is torn down after
 * the last of them and never under one: a snapshot's folder is not removed while a call writes a
 * file into it. Nobody waits; whoever is last does the work.
 */
final class CallGate {
  private final Runnable teardown;
  private int active;
  private boolean closed;

  /** Runs {@code teardown} once, after {@link #close} and the last {@link #exit}. */
  CallGate(Runnable teardown) {
    this.teardown = teardown;
  }

  /** False once the gate is closed; otherwise the caller must {@link #exit}. */
  synchronized boolean enter() {
    if (!closed) {
      active++;
    }
    return !closed;
  }

  void exit() {
    boolean last;
    synchronized (this) {
      active--;
      last = closed && active == 0;
    }
    if (last) {
      teardown.run();
    }
  }

  /** Lets nobody in any more. */
  void close() {
    boolean last;
    synchronized (this) {
      last = !closed && active == 0;
      closed = true;
    }
    if (last) {
      teardown.run();
    }
  }
}
