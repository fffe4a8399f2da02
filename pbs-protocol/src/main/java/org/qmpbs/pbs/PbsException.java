package org.qmpbs.pbs;

import java.io.IOException;

/** The server answered, and refused. Carries its status, its text, and what that means. */
public final class PbsException extends IOException implements HasRemedy {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String serverText;
  private final ServerProblem problem;
  private final String remedy;

  /** Longer texts are web pages of something in between; the whole is in {@link #serverText}. */
  private static final int SHOWN_TEXT = 1000;

  PbsException(int status, String serverText, ServerProblem problem, String remedy) {
    super("the server refused (" + status + "): " + shown(serverText));
    this.status = status;
    this.serverText = serverText;
    this.problem = problem;
    this.remedy = remedy;
  }

  private static String shown(String text) {
    String line = text.strip().replaceAll("\\p{Cntrl}+", " ");
    return line.length() <= SHOWN_TEXT ? line : line.substring(0, SHOWN_TEXT) + "…";
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

  @Override
  public String remedy() {
    return remedy;
  }

  @Override
  public ServerProblem.Retry retry() {
    return problem.retry();
  }
}
