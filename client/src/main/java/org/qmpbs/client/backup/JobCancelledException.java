package org.qmpbs.client.backup;

import org.jspecify.annotations.Nullable;

/** Somebody called {@link BackupJob#cancel}. */
public final class JobCancelledException extends BackupException {
  private static final long serialVersionUID = 1L;

  JobCancelledException(String message, String remedy, @Nullable Throwable cause) {
    super(message, remedy, cause);
  }
}
