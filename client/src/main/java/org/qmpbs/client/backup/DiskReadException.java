package org.qmpbs.client.backup;

import java.io.IOException;

/** The point in time could not be read; the machine knows more of why. */
final class DiskReadException extends IOException {
  private static final long serialVersionUID = 1L;

  DiskReadException(String message, Throwable cause) {
    super(message, cause);
  }
}
