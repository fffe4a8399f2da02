package org.qmpbs.agent;

/** The agent refused a command, or failed to do it. */
public final class AgentRefusedException extends AgentException {
  private static final long serialVersionUID = 1L;

  private final String command;
  private final String errorClass;
  private final String description;

  AgentRefusedException(String command, String errorClass, String description) {
    super("the guest agent says to " + command + ": " + description, null);
    this.command = command;
    this.errorClass = errorClass;
    this.description = description;
  }

  /** The command that failed. */
  public String command() {
    return command;
  }

  /** The agent's class, mostly {@code GenericError}. */
  public String errorClass() {
    return errorClass;
  }

  /** The agent's text. */
  public String description() {
    return description;
  }
}
