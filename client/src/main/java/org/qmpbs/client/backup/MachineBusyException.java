package org.qmpbs.client.backup;

import org.jspecify.annotations.Nullable;

/** Another backup of this machine is running. */
public final class MachineBusyException extends BackupException {
  private static final long serialVersionUID = 1L;

  MachineBusyException(String message, String remedy, @Nullable Throwable cause) {
    super(message, remedy, cause);
  }
}
