package org.qmpbs.nbd;

import org.jspecify.annotations.Nullable;

/** The client was closed by its own user before the request was answered, or before it was made. */
public final class NbdClosedException extends NbdException {
  private static final long serialVersionUID = 1L;

  NbdClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  NbdException again() {
    return new NbdClosedException(message(), this);
  }
}
