package org.qmpbs.qmp;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The newest events; a guest that causes many of them can not fill our memory. */
final class EventQueue {
  /** A backup looks at few kinds of events and asks for the state again anyway. */
  static final int CAPACITY = 256;

  private final ArrayDeque<QmpEvent> events = new ArrayDeque<>();
  private @Nullable IOException end;

  synchronized void add(QmpEvent event) {
    if (events.size() == CAPACITY) {
      events.removeFirst();
    }
    events.addLast(event);
    notifyAll();
  }

  synchronized void end(IOException cause) {
    if (end == null) {
      end = cause;
    }
    notifyAll();
  }

  /** Takes the first wanted event and all before it. */
  synchronized Optional<QmpEvent> await(Predicate<QmpEvent> wanted, Duration atMost)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      for (Iterator<QmpEvent> each = events.iterator(); each.hasNext(); ) {
        QmpEvent event = each.next();
        each.remove();
        if (wanted.test(event)) {
          return Optional.of(event);
        }
      }
      if (end != null) {
        throw new MonitorClosedException("no more events: " + end.getMessage(), end);
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return Optional.empty();
      }
      wait(left / 1_000_000L, (int) (left % 1_000_000L));
    }
  }
}
