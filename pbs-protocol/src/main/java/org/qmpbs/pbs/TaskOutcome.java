package org.qmpbs.pbs;

/** How a task ended. */
public enum TaskOutcome {
  /** Without a word of complaint. */
  OK,
  /** It did what it was asked for, and its log has warnings. */
  WARNINGS,
  /** It failed; the status is the reason. */
  ERROR,
  /** The server does not know: its process was killed, or the task is too long ago. */
  UNKNOWN;

  /** From the server's word for it. */
  public static TaskOutcome of(String status) {
    if (status.equals("OK")) {
      return OK;
    }
    if (status.startsWith("WARNINGS")) {
      return WARNINGS;
    }
    return status.equals("unknown") ? UNKNOWN : ERROR;
  }
}
