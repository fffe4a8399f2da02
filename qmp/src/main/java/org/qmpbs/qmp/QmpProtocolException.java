package org.qmpbs.qmp;

import java.io.IOException;

/** What came from the monitor is not QMP; the connection is given up. */
public final class QmpProtocolException extends IOException {
  private static final long serialVersionUID = 1L;

  QmpProtocolException(String message) {
    super(message);
  }
}
