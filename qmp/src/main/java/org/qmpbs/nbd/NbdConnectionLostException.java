package org.qmpbs.nbd;

import org.jspecify.annotations.Nullable;

/** There is no server at the socket, or the connection to it broke. */
public final class NbdConnectionLostException extends NbdException {
  private static final long serialVersionUID = 1L;

  NbdConnectionLostException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  NbdException again() {
    return new NbdConnectionLostException(message(), this);
  }
}
