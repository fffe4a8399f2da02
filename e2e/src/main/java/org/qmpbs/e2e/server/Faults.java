package org.qmpbs.e2e.server;

/**
 * A test's hook before every call. It runs on a worker thread, so it may block (a latch that holds
 * a call until the test has done something); one blocked thread of the pool is missing meanwhile.
 */
@FunctionalInterface
public interface Faults {
  /** Everything goes well. */
  Faults NONE = call -> new Fault.None();

  /** What shall happen to {@code call}. Called once per request, before anything is done for it. */
  Fault before(Call call);
}
