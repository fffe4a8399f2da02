package org.qmpbs.machine;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The point in time was lost while it was being read: the scratch file was full, failed or too
 * slow. What was read must be thrown away; the guest was not harmed and no bitmap was changed.
 */
public final class PointInTimeBrokenException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says which disk and what is known of the cause. */
  public PointInTimeBrokenException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
