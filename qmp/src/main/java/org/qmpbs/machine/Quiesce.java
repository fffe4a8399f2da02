package org.qmpbs.machine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is done to the guest right around the instant, once everything that can be prepared is
 * prepared. Whoever implements it undoes it on every path; the guard process does so if this
 * process is killed.
 */
public interface Quiesce {
  /** Nothing is done. */
  Quiesce NOTHING =
      new Quiesce() {
        @Override
        public Optional<Freezing> freezing() {
          return Optional.empty();
        }

        @Override
        public void before(Guard guard) {}

        @Override
        public void after() {}

        @Override
        public boolean mayBeFrozen() {
          return false;
        }
      };

  /** Says when the guard process is ready. */
  @FunctionalInterface
  interface Guard {
    /** Waits for it; throws if it does not start, and then nothing may be frozen. */
    void awaitReady() throws IOException;
  }

  /**
   * What the guard has to know.
   *
   * @param agentSocket where it thaws
   * @param record of the freeze, which it deletes afterwards
   */
  record Freezing(Path agentSocket, Path record) {}

  /** What may be frozen between {@link #before} and {@link #after}, or empty. */
  Optional<Freezing> freezing();

  /** Right before the instant. When it throws, the instant is not taken and nothing is frozen. */
  void before(Guard guard) throws IOException;

  /**
   * Right after the instant, also when that failed. When it throws, the instant is of no use to the
   * caller and is taken apart.
   */
  void after() throws IOException;

  /** Whether something could not be thawed, so that the guard has to go on trying. */
  boolean mayBeFrozen();
}
