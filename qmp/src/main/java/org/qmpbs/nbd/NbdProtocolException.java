package org.qmpbs.nbd;

import org.jspecify.annotations.Nullable;

/**
 * The server sent something that the protocol forbids. Nothing that it says after that can be
 * believed, so the connection was closed.
 */
public final class NbdProtocolException extends NbdException {
  private static final long serialVersionUID = 1L;

  private NbdProtocolException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * @param what the field or rule, as in "chunk length"
   * @param position bytes of the server's stream before the violation was seen
   */
  NbdProtocolException(String what, long position, String expected, String found) {
    this(
        "the NBD server broke the protocol within the first "
            + position
            + " bytes it sent: "
            + what
            + ": expected "
            + expected
            + ", found "
            + found
            + "; the connection was closed",
        null);
  }

  @Override
  NbdException again() {
    return new NbdProtocolException(message(), this);
  }
}
