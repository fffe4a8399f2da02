package org.qmpbs.pbs;

import java.io.IOException;

/** Something answers at the port, but no TLS connection comes about; no secret has been sent. */
public final class TlsFailedException extends IOException implements HasRemedy {
  private static final long serialVersionUID = 1L;

  TlsFailedException(Repository repository, Throwable cause) {
    super("no TLS connection with " + repository.endpoint() + ": " + cause.getMessage(), cause);
  }

  @Override
  public String remedy() {
    return "Check that the port is the one of Proxmox Backup Server (8007), and that nothing"
        + " between here and there speaks for it. TLS 1.2 or newer is needed.";
  }
}
