package org.qmpbs.pbs;

/** Makes refusals, whose constructor is for the protocol's own package. */
public final class Refusal {
  private Refusal() {}

  /** A refusal as the server would send it. */
  public static PbsException of(int status, String text, ServerProblem problem) {
    return new PbsException(status, text, problem, "remedy of " + problem);
  }
}
