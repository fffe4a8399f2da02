package org.qmpbs.pbs;

import java.io.IOException;

/**
 * No conversation with the server came about, or it broke before an answer: name, address, port,
 * firewall, or a server that is down. Says nothing about login or certificate; nothing was changed.
 */
public final class ServerUnreachableException extends IOException implements HasRemedy {
  private static final long serialVersionUID = 1L;

  private final String host;
  private final int port;

  ServerUnreachableException(Repository repository, String reason, Throwable cause) {
    super("cannot reach the server " + repository.endpoint() + ": " + reason, cause);
    this.host = repository.host();
    this.port = repository.port();
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
}
