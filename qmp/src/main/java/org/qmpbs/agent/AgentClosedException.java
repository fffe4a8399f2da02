package org.qmpbs.agent;

import org.jspecify.annotations.Nullable;

/** The connection ended: QEMU did, or we closed it. */
public final class AgentClosedException extends AgentException {
  private static final long serialVersionUID = 1L;

  AgentClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
