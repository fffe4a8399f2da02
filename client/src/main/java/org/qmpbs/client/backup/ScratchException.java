package org.qmpbs.client.backup;

import org.jspecify.annotations.Nullable;

/** The directory for the guest's overwritten data cannot be used. */
public final class ScratchException extends BackupException {
  private static final long serialVersionUID = 1L;

  ScratchException(String message, String remedy, @Nullable Throwable cause) {
    super(message, remedy, cause);
  }
}
