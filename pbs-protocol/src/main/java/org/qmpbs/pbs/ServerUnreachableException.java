package org.qmpbs.pbs;

import java.io.IOException;

/**
 * No conversation with the server came about, or it broke before an answer: name, address, port,
 * firewall, or a server that is down. Says nothing about login or certificate; nothing was changed.
 */
public final class ServerUnreachableException extends IOException implements HasRemedy {
  private static final long serialVersionUID = 1L;

  private final Stage stage;
  private final String host;
  private final int port;

  /** How far it came. */
  public enum Stage {
    /** The name means nothing to DNS: a misspelling, unless it did before. */
    NAME,
    /** Nobody listens, or the way there is closed; the server knows nothing of us. */
    CONNECT,
    /** Connected, but the answer did not come; the server may have begun something. */
    ANSWER
  }

  ServerUnreachableException(Repository repository, Stage stage, String reason, Throwable cause) {
    super("cannot reach the server " + repository.endpoint() + ": " + reason, cause);
    this.stage = stage;
    this.host = repository.host();
    this.port = repository.port();
  }

  /** How far it came. */
  public Stage stage() {
    return stage;
  }

  /** Name or address that was tried. */
  public String host() {
    return host;
  }

  /** TCP port that was tried. */
  public int port() {
    return port;
  }

  @Override
  public String remedy() {
    return "Check the server's name and port in the repository, and that its proxmox-backup-proxy"
        + " service runs and no firewall is in between; then try again.";
  }

  /** A name that means nothing is a misspelling; whoever has had an answer before knows better. */
  @Override
  public ServerProblem.Retry retry() {
    return stage == Stage.NAME ? ServerProblem.Retry.NEVER : ServerProblem.Retry.SOON;
  }
}
