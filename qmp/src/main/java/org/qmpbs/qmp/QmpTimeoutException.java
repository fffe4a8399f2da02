package org.qmpbs.qmp;

import java.io.IOException;

/**
 * QEMU did not answer a command in time. Whether it was executed, or still will be, is not known.
 */
public final class QmpTimeoutException extends IOException {
  private static final long serialVersionUID = 1L;

  QmpTimeoutException(String message) {
    super(message);
  }
}
