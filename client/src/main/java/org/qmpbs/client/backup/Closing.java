package org.qmpbs.client.backup;

import java.util.ArrayDeque;
import java.util.Deque;
import org.qmpbs.client.progress.Progress;

/**
 * Closes what a run holds, the last one first, and goes on past errors: by then the run's outcome
 * is settled, and a connection that does not end well is no reason to call a finished backup
 * failed.
 */
final class Closing implements AutoCloseable {
  private record Held(String what, AutoCloseable resource) {}

  private final Deque<Held> held = new ArrayDeque<>();
  private final Progress progress;

  Closing(Progress progress) {
    this.progress = progress;
  }

  /** Closes {@code resource} at the end. */
  void add(String what, AutoCloseable resource) {
    held.push(new Held(what, resource));
  }

  @Override
  public void close() {
    while (!held.isEmpty()) {
      Held next = held.pop();
      close(next.what(), next.resource(), progress);
    }
  }

  /** Closes one thing; an error becomes a note. */
  static void close(String what, AutoCloseable resource, Progress progress) {
    try {
      resource.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      progress.note("interrupted while closing " + what);
    } catch (Exception e) {
      progress.note("closing " + what + " failed: " + e);
    }
  }
}
