package org.qmpbs.agent;

/**
 * The socket takes connections, but nobody answers: no agent runs in the guest, the guest itself
 * stands still, or another program is connected. From here they look the same.
 */
public final class AgentSilentException extends AgentException {
  private static final long serialVersionUID = 1L;

  AgentSilentException(String message, Throwable cause) {
    super(message, cause);
  }
}
