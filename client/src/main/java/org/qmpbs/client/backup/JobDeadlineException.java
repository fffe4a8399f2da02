package org.qmpbs.client.backup;

import org.jspecify.annotations.Nullable;

/** The job took longer than {@link BackupRequest#deadline} allows. */
public final class JobDeadlineException extends BackupException {
  private static final long serialVersionUID = 1L;

  JobDeadlineException(String message, String remedy, @Nullable Throwable cause) {
    super(message, remedy, cause);
  }
}
