package org.qmpbs.pbs;

import java.io.IOException;

/**
 * The connection of a session ended before its work did: network, server restart, or our own close.
 * The server has dropped the unfinished snapshot; only a new session can go on.
 */
public final class SessionLostException extends IOException implements HasRemedy {
  private static final long serialVersionUID = 1L;

  SessionLostException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public String remedy() {
    return "Look at the network and at the server's task log, then start again; nothing has to be"
        + " cleaned up.";
  }

  @Override
  public ServerProblem.Retry retry() {
    return ServerProblem.Retry.SOON;
  }
}
