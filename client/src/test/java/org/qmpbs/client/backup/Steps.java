package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was done, in order; and the one step that fails. */
final class Steps {
  /** What happens at a step. */
  interface Fault {
    void strike() throws IOException;
  }

  private final List<String> done = new ArrayList<>();
  private @Nullable String failing;
  private @Nullable Fault fault;
  private int passes;
  private int failingNumber = -1;
  private boolean always;

  /** Lets the first step of that name fail, once. */
  synchronized void failAt(String step, Fault how) {
    failAfter(0, step, how);
  }

  /** Lets the step fail after it went well {@code times} times. */
  synchronized void failAfter(int times, String step, Fault how) {
    failing = step;
    fault = how;
    passes = times;
  }

  /** Lets the step of that number, counted from 0 since {@link #forget}, fail. */
  synchronized void failAtNumber(int number, Fault how) {
    failingNumber = number;
    fault = how;
  }

  /** Lets the step fail for ever after it went well {@code times} times. */
  synchronized void failAlwaysAfter(int times, String step, Fault how) {
    failAfter(times, step, how);
    always = true;
  }

  /** Lets nothing fail any more. */
  synchronized void heal() {
    failing = null;
    failingNumber = -1;
    always = false;
  }

  void at(String step) throws IOException {
    Fault striking = null;
    synchronized (this) {
      done.add(step);
      if (step.equals(failing) && passes-- <= 0) {
        failing = always ? failing : null;
        striking = fault;
      } else if (done.size() - 1 == failingNumber) {
        failingNumber = -1;
        striking = fault;
      }
    }
    if (striking != null) {
      striking.strike();
    }
  }

  synchronized List<String> done() {
    return List.copyOf(done);
  }

  synchronized void forget() {
    done.clear();
  }
}
