package org.qmpbs.client.backup;

import org.jspecify.annotations.Nullable;

/**
 * The connection died while the server finished the snapshot, and it did not finish it: it has been
 * asked. Or nobody knows, but it was a checkpoint, on which no bitmap depends. As good as a
 * connection that died before.
 */
public final class FinishLostException extends BackupException {
  private static final long serialVersionUID = 1L;

  FinishLostException(String message, String remedy, @Nullable Throwable cause) {
    super(message, remedy, cause);
  }
}
