package org.qmpbs.nbd;

import org.jspecify.annotations.Nullable;

/** The server is healthy but does not offer what is needed. Trying again changes nothing. */
public final class NbdNegotiationException extends NbdException {
  private static final long serialVersionUID = 1L;

  /** What was not to be had. */
  public enum Reason {
    /** The server speaks a protocol from before fixed newstyle negotiation. */
    TOO_OLD,
    /** The server does not know an option that is needed, such as structured replies. */
    OPTION_UNSUPPORTED,
    /** There is no export of this name. */
    UNKNOWN_EXPORT,
    /** A metadata context that was asked for was not granted. */
    CONTEXT_NOT_GRANTED,
    /** The server insists on TLS, which is not used on unix sockets here. */
    TLS_REQUIRED,
    /** The server is shutting down. */
    SHUTTING_DOWN,
    /** The server refused for a reason of its own, which the message quotes. */
    REFUSED
  }

  private final Reason reason;

  NbdNegotiationException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What was not to be had. */
  public Reason reason() {
    return reason;
  }

  @Override
  NbdException again() {
    return new NbdNegotiationException(reason, message(), this);
  }
}
