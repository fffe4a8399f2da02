package org.qmpbs.pbs;

import java.util.Optional;

/**
 * Whether a task runs, and how it ended.
 *
 * @param upid its name
 * @param exitStatus the server's words for how it ended; empty while it runs
 */
public record TaskStatus(Upid upid, Optional<String> exitStatus) {
  /** Whether it has not ended. */
  public boolean isRunning() {
    return exitStatus.isEmpty();
  }

  /** How it ended; empty while it runs. */
  public Optional<TaskOutcome> outcome() {
    return exitStatus.map(TaskOutcome::of);
  }
}
