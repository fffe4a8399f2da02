package org.qmpbs.agent;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Something is wrong between us and a guest's agent. Each kind is a class of its own. */
public abstract sealed class AgentException extends IOException
    permits AgentBusyException,
        AgentClosedException,
        AgentProtocolException,
        AgentRefusedException,
        AgentSilentException,
        AgentTimeoutException,
        AgentUnreachableException {
  private static final long serialVersionUID = 1L;

  AgentException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
