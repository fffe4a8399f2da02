package org.qmpbs.pbs.key;

import java.io.IOException;
import org.qmpbs.pbs.HasRemedy;

/** An encrypted key does not open with this private master key. */
public final class WrongMasterKeyException extends IOException implements HasRemedy {
  private static final long serialVersionUID = 1L;

  WrongMasterKeyException() {
    super(
        "this master key does not open the encrypted key: it was made for another master key, or is"
            + " damaged");
  }

  @Override
  public String remedy() {
    return "Use the private key that belongs to the public master key of that backup, and the"
        + " snapshot's rsa-encrypted.key as it was restored.";
  }
}
