package org.qmpbs.client.backup;

import org.jspecify.annotations.Nullable;

/**
 * The connection died while the server finished the snapshot, and it could not be asked afterwards.
 * Both bitmaps are kept; the next backup finds out which of them is right.
 */
public final class OutcomeUnknownException extends BackupException {
  private static final long serialVersionUID = 1L;

  OutcomeUnknownException(String message, String remedy, @Nullable Throwable cause) {
    super(message, remedy, cause);
  }
}
