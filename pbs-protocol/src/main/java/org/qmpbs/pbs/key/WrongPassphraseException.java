package org.qmpbs.pbs.key;

import java.io.IOException;
import java.util.Optional;
import org.qmpbs.pbs.HasRemedy;

/**
 * A key file or private key does not open with this passphrase. Damage of the file looks the same:
 * its cipher cannot tell.
 */
public final class WrongPassphraseException extends IOException implements HasRemedy {
  private static final long serialVersionUID = 1L;

  WrongPassphraseException(String what, Optional<String> hint) {
    super(
        "wrong passphrase, or the "
            + what
            + " is damaged"
            + hint.map(text -> " (hint: " + text.replaceAll("\\p{Cntrl}", " ") + ")").orElse(""));
  }

  @Override
  public String remedy() {
    return "Try the passphrase again. If it is certainly the right one, take another copy of the"
        + " file, or the paper key.";
  }
}
