package org.qmpbs.client.backup;

import org.jspecify.annotations.Nullable;

/** {@code --freeze require}, and the guest's file systems were not frozen at the instant. */
public final class FreezeException extends BackupException {
  private static final long serialVersionUID = 1L;

  FreezeException(String message, String remedy, @Nullable Throwable cause) {
    super(message, remedy, cause);
  }
}
