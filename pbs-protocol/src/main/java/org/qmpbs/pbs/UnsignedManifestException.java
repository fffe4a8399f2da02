package org.qmpbs.pbs;

import java.io.IOException;

/**
 * A manifest without signature where one was expected. A snapshot that was made without a key has
 * none; but whoever can write on the server could also have taken it away.
 */
public final class UnsignedManifestException extends IOException implements HasRemedy {
  private static final long serialVersionUID = 1L;

  UnsignedManifestException() {
    super("the snapshot's manifest is not signed, although a key is in use");
  }

  @Override
  public String remedy() {
    return "If the snapshot was made without a key, read it without one. If not, somebody removed"
        + " the signature: do not trust the snapshot.";
  }
}
