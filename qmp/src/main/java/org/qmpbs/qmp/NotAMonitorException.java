package org.qmpbs.qmp;

import java.io.IOException;

/** Something else than a QMP monitor listens on the socket, for instance QEMU's human monitor. */
public final class NotAMonitorException extends IOException {
  private static final long serialVersionUID = 1L;

  NotAMonitorException(String message) {
    super(message);
  }
}
