package org.qmpbs.pbs;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One row of the server's list of tasks; who started it, when, and for what is in its name.
 *
 * @param upid its name
 * @param endTime seconds since 1970, empty while it runs
 * @param status how it ended, in the server's words ({@link TaskOutcome#of}), or null while it runs
 */
public record TaskInfo(Upid upid, OptionalLong endTime, @Nullable String status) {
  /** Whether it has not ended. */
  public boolean isRunning() {
    return endTime.isEmpty();
  }
}
