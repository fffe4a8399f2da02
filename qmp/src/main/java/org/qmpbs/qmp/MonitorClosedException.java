package org.qmpbs.qmp;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** QEMU ended or closed the monitor. If it ended, nothing of ours is left in it. */
public final class MonitorClosedException extends IOException {
  private static final long serialVersionUID = 1L;

  MonitorClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
