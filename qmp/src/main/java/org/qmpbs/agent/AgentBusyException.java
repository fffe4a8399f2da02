package org.qmpbs.agent;

import org.jspecify.annotations.Nullable;

/** Others already wait for the socket: QEMU serves one connection at a time. */
public final class AgentBusyException extends AgentException {
  private static final long serialVersionUID = 1L;

  AgentBusyException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
