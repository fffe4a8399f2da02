package org.qmpbs.agent;

/** What came is not what an agent says. The guest is not ours, so it may be anything. */
public final class AgentProtocolException extends AgentException {
  private static final long serialVersionUID = 1L;

  private final long offset;

  AgentProtocolException(long offset, String expected, String found) {
    super(
        "the guest agent's answer is wrong at byte "
            + offset
            + " of the connection: expected "
            + expected
            + ", found "
            + found,
        null);
    this.offset = offset;
  }

  /** In what came since the connection was made. */
  public long offset() {
    return offset;
  }
}
