package org.qmpbs.client.backup;

import org.jspecify.annotations.Nullable;

/** The point in time was given up, or broke, while it was being read. */
public final class PointInTimeLostException extends BackupException {
  private static final long serialVersionUID = 1L;

  /** What helps against every cause of it. */
  static final String REMEDY =
      "Give the scratch directory (--scratch) more room or a faster local disk, then run the backup"
          + " again.";

  PointInTimeLostException(String message, String remedy, @Nullable Throwable cause) {
    super(message, remedy, cause);
  }
}
