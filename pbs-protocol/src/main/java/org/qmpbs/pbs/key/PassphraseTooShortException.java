package org.qmpbs.pbs.key;

import java.io.IOException;
import org.qmpbs.pbs.HasRemedy;

/** No key file has so short a passphrase, and none gets one. */
public final class PassphraseTooShortException extends IOException implements HasRemedy {
  private static final long serialVersionUID = 1L;

  PassphraseTooShortException() {
    super("the passphrase is too short");
  }

  @Override
  public String remedy() {
    return "Give a passphrase of at least " + Passphrase.MIN_BYTES + " bytes.";
  }
}
