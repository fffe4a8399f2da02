package org.qmpbs.agent;

/** An agent that is there did not answer in time; the command may still be executed. */
public final class AgentTimeoutException extends AgentException {
  private static final long serialVersionUID = 1L;

  AgentTimeoutException(String message) {
    super(message, null);
  }
}
