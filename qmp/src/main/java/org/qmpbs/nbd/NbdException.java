package org.qmpbs.nbd;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Something went wrong between this client and an NBD server. The subclasses name the condition;
 * all but {@link NbdReadException} mean that there is no usable connection (any more).
 */
public abstract sealed class NbdException extends IOException
    permits NbdClosedException,
        NbdConnectionLostException,
        NbdNegotiationException,
        NbdProtocolException,
        NbdReadException,
        NbdTimeoutException {
  private static final long serialVersionUID = 1L;

  NbdException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** What happened; never null, unlike {@link #getMessage()}. */
  final String message() {
    return String.valueOf(getMessage());
  }

  /**
   * The same condition for another caller, with this one as its cause: one connection's fate is
   * told to many threads, and each wants to see its own stack.
   */
  abstract NbdException again();
}
