package org.qmpbs.agent;

import java.nio.file.Path;

/** There is no socket, or nobody listens on it: the machine does not run. Or we may not open it. */
public final class AgentUnreachableException extends AgentException {
  private static final long serialVersionUID = 1L;

  private final boolean nobodyThere;

  AgentUnreachableException(Path socket, boolean nobodyThere, Throwable cause) {
    super(
        "cannot connect to the guest agent's socket " + socket + ": " + cause.getMessage(), cause);
    this.nobodyThere = nobodyThere;
  }

  /** The machine has ended, and a file system that it had frozen with it. */
  public boolean nobodyThere() {
    return nobodyThere;
  }
}
