package org.qmpbs.machine;

import java.io.IOException;
import java.time.Duration;
import org.qmpbs.qmp.Monitor;

/** Waits for something in QEMU: asks again at every event, and now and then without one. */
final class Waiter {
  /** How long no event is taken for an answer. */
  private static final Duration INTERVAL = Duration.ofMillis(50);

  /** Something to ask QEMU. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws IOException;
  }

  private Waiter() {}

  static boolean await(Monitor monitor, Duration atMost, Condition condition) throws IOException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      monitor.awaitEvent(event -> true, INTERVAL);
    }
    return true;
  }
}
