package org.qmpbs.pbs;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Makes the failures that only the protocol's own package can make. */
public final class PbsFailures {
  private PbsFailures() {}

  public static PbsException refusal(ServerProblem problem, String text) {
    return new PbsException(400, text, problem, "remedy");
  }

  public static ServerUnreachableException unreachable(ServerUnreachableException.Stage stage) {
    return new ServerUnreachableException(
        Repository.parse("me@pbs!t@pbs.example:store"), stage, "test", new IOException("test"));
  }

  public static SecondFactorRequiredException secondFactor() {
    return new SecondFactorRequiredException("me@pbs");
  }

  public static SessionLostException lost(String message, @Nullable Throwable cause) {
    return new SessionLostException(message, cause == null ? new IOException(message) : cause);
  }
}
