package org.qmpbs.pbs;

import java.io.IOException;

/** The server answered, and refused. Carries its status, its text, and what that means. */
public final class PbsException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String serverText;
  private final ServerProblem problem;
  private final String remedy;

  PbsException(int status, String serverText, ServerProblem problem, String remedy) {
    super("the server refused (" + status + "): " + serverText);
    this.status = status;
    this.serverText = serverText;
    this.problem = problem;
    this.remedy = remedy;
  }

  /** HTTP status. */
  public int status() {
    return status;
  }

  /** Exactly what the server said. */
  public String serverText() {
    return serverText;
  }

  /** What it means. */
  public ServerProblem problem() {
    return problem;
  }

  /** What the user, or the server's administrator, can do; one or two sentences. */
  public String remedy() {
    return remedy;
  }
}
