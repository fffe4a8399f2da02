package org.qmpbs.client.cli;

import org.qmpbs.client.output.ExitCode;
import org.qmpbs.pbs.ServerProblem;

/** Exit codes of a server's refusals. */
final class ServerProblems {
  private ServerProblems() {}

  static ExitCode exitCode(ServerProblem problem) {
    return switch (problem) {
      case LOGIN, PERMISSION -> ExitCode.LOGIN;
      case LOCKED -> ExitCode.BUSY;
      case NOT_FOUND -> ExitCode.NOT_FOUND;
      case CLOCK,
          UNAVAILABLE,
          NOT_READY,
          NO_BASE,
          BASE_REMOVED,
          STORAGE,
          PROTECTED,
          EXISTS,
          OTHER ->
          ExitCode.SERVER;
      case PROTOCOL -> ExitCode.INTERNAL;
    };
  }
}
