package org.qmpbs.e2e.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last requests, in the order of their arrival. Thread-safe. */
final class CallLog {
  /** Enough for the sessions of a test; a demo that runs for days must not grow. */
  private static final int CAPACITY = 20_000;

  private final Deque<String> calls = new ArrayDeque<>();

  synchronized void add(Call call) {
    if (calls.size() == CAPACITY) {
      calls.removeFirst();
    }
    calls.addLast(call.toString());
  }

  synchronized List<String> snapshot() {
    return List.copyOf(calls);
  }

  synchronized void clear() {
    calls.clear();
  }
}
