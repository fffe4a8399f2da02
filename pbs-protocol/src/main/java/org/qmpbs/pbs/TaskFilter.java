package org.qmpbs.pbs;

import java.time.Instant;
import java.util.Optional;

/**
 * Which tasks to list. A login sees its own tasks, and others' with {@code Sys.Audit} on {@code
 * /system/tasks} or rights on what they work on.
 *
 * @param running only those that have not ended
 * @param errors only those that have ended, and not well
 * @param thisDatastore only those that work on this datastore, as far as the server can tell
 * @param user part of the name of who started it
 * @param type part of the kind of task
 * @param since only those started then or later
 * @param until only those started then or earlier
 * @param limit at most as many, newest first; 0 for all
 */
public record TaskFilter(
    boolean running,
    boolean errors,
    boolean thisDatastore,
    Optional<String> user,
    Optional<String> type,
    Optional<Instant> since,
    Optional<Instant> until,
    int limit) {
  /** As many as the official client lists. */
  public static final int DEFAULT_LIMIT = 50;

  /** Rejects a negative limit. */
  public TaskFilter {
    if (limit < 0) {
      throw new IllegalArgumentException("a limit of " + limit + " tasks");
    }
  }

  /** What runs on this datastore. */
  public static TaskFilter runningHere() {
    return new TaskFilter(
        true,
        false,
        true,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        DEFAULT_LIMIT);
  }
}
