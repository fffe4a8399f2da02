package org.qmpbs.client.read;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Somebody cancelled a job that reads, or its deadline passed. */
public final class JobStoppedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean byDeadline;

  JobStoppedException(String job, boolean byDeadline, @Nullable Throwable cause) {
    super(
        byDeadline
            ? "the " + job + " was not done when its deadline passed"
            : "the " + job + " was cancelled",
        cause);
    this.byDeadline = byDeadline;
  }

  /** Whether it was the deadline. */
  public boolean byDeadline() {
    return byDeadline;
  }
}
