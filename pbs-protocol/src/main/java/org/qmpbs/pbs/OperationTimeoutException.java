package org.qmpbs.pbs;

import java.io.IOException;
import java.time.Duration;

/**
 * One call took longer than {@link Timeouts#operation}. In a session the others go on and new ones
 * may be made; whether the server carried this one out is not known.
 */
public final class OperationTimeoutException extends IOException implements HasRemedy {
  private static final long serialVersionUID = 1L;

  OperationTimeoutException(String what, Duration limit, Throwable cause) {
    super(what + " had no answer within " + limit.toMillis() + " ms", cause);
  }

  @Override
  public String remedy() {
    return "Look at the load of the server and of its storage; a longer operation timeout helps"
        + " when it is merely slow.";
  }

  @Override
  public ServerProblem.Retry retry() {
    return ServerProblem.Retry.SOON;
  }
}
