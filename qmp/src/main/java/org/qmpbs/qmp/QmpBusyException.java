package org.qmpbs.qmp;

import java.io.IOException;

/** The socket takes connections, but no greeting came: somebody else is using this monitor. */
public final class QmpBusyException extends IOException {
  private static final long serialVersionUID = 1L;

  QmpBusyException(String message) {
    super(message);
  }
}
