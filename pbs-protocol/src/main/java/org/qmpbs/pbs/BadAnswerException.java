package org.qmpbs.pbs;

import java.io.IOException;

/**
 * The server's answer is not what the protocol says: too large, not JSON, a field missing. Either
 * this is no Proxmox Backup Server, or one that speaks differently.
 */
public final class BadAnswerException extends IOException implements HasRemedy {
  private static final long serialVersionUID = 1L;

  BadAnswerException(String what, String reason) {
    super("unusable answer to " + what + ": " + reason);
  }

  BadAnswerException(String what, String reason, Throwable cause) {
    super("unusable answer to " + what + ": " + reason, cause);
  }

  private BadAnswerException(String message) {
    super(message);
  }

  /** One whose message has been changed. */
  static BadAnswerException masked(String message) {
    return new BadAnswerException(message);
  }

  @Override
  public String remedy() {
    return "Check that the repository names a Proxmox Backup Server and not something in front of"
        + " it; if it does, report this with the server's version.";
  }
}
