package org.qmpbs.client.restore;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Somebody called {@link RestoreJob#cancel}, or the job's deadline passed. */
public final class RestoreStoppedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean byDeadline;

  RestoreStoppedException(boolean byDeadline, @Nullable Throwable cause) {
    super(
        byDeadline
            ? "the restore was not done when its deadline passed"
            : "the restore was cancelled",
        cause);
    this.byDeadline = byDeadline;
  }

  /** Whether it was the deadline. */
  public boolean byDeadline() {
    return byDeadline;
  }
}
