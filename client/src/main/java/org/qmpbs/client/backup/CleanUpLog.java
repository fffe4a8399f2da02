package org.qmpbs.client.backup;

import org.qmpbs.client.progress.Progress;

/** Hears what becomes of the remains of dead runs, one line each. */
interface CleanUpLog {
  /** It is gone. */
  void removed(String line);

  /** It could not be removed. */
  void left(String line);

  /** A guest may be standing still because of it; louder than the rest. */
  default void stillFrozen(String line) {
    left(line);
  }

  /** For a backup, to which both are notes: it goes on either way. */
  static CleanUpLog notes(Progress progress) {
    return new CleanUpLog() {
      @Override
      public void removed(String line) {
        progress.note(line);
      }

      @Override
      public void left(String line) {
        progress.note(line);
      }

      @Override
      public void stillFrozen(String line) {
        progress.warn(line);
      }
    };
  }
}
