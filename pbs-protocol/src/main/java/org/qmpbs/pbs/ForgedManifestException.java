package org.qmpbs.pbs;

import java.io.IOException;

/** The manifest is not the one that was signed. Its checksum is right, so this is no accident. */
public final class ForgedManifestException extends IOException implements HasRemedy {
  private static final long serialVersionUID = 1L;

  ForgedManifestException() {
    super("the signature of the snapshot's manifest is wrong: it was changed after the backup");
  }

  @Override
  public String remedy() {
    return "Do not trust this snapshot. Use another one, and find out who can write to the"
        + " datastore.";
  }
}
