package org.qmpbs.client.backup;

import org.jspecify.annotations.Nullable;

/**
 * Our clock is not after the last snapshot's time, which the server would refuse. Nothing was
 * touched.
 */
public final class ClockException extends BackupException {
  private static final long serialVersionUID = 1L;

  ClockException(String message, String remedy, @Nullable Throwable cause) {
    super(message, remedy, cause);
  }
}
