package org.qmpbs.qmp;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** There is no socket, nobody listens on it, or it may not be opened. */
public final class MonitorUnreachableException extends IOException {
  private static final long serialVersionUID = 1L;

  MonitorUnreachableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
