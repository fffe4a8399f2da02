package org.qmpbs.client.backup;

import org.jspecify.annotations.Nullable;

/**
 * The disks that the user named are not the machine's, or give no sensible set of archives. Nothing
 * was touched.
 */
public final class DiskChoiceException extends BackupException {
  private static final long serialVersionUID = 1L;

  DiskChoiceException(String message, String remedy, @Nullable Throwable cause) {
    super(message, remedy, cause);
  }
}
