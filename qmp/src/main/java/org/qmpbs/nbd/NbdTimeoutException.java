package org.qmpbs.nbd;

import org.jspecify.annotations.Nullable;

/** The server did not answer in time. The connection was closed: a late answer helps nobody. */
public final class NbdTimeoutException extends NbdException {
  private static final long serialVersionUID = 1L;

  NbdTimeoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  NbdException again() {
    return new NbdTimeoutException(message(), this);
  }
}
