package org.qmpbs.client.backup;

import org.jspecify.annotations.Nullable;

/**
 * Between two sessions of one upload somebody else changed the group, so that what was sent before
 * cannot be referred to any more.
 */
public final class GroupChangedException extends BackupException {
  private static final long serialVersionUID = 1L;

  GroupChangedException(String message, String remedy, @Nullable Throwable cause) {
    super(message, remedy, cause);
  }
}
