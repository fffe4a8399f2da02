package org.qmpbs.chunker;

import java.io.IOException;

/**
 * Encrypted bytes whose cipher says that key and data do not belong together: another key made
 * them, or they were changed by somebody who also mended the checksum. Nobody can tell which.
 * (Damage by accident is found by the checksum: {@link CorruptDataException}.)
 */
public final class AuthenticationFailedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient KeyFingerprint key;

  AuthenticationFailedException(String what, KeyFingerprint key) {
    super(
        "the encrypted "
            + what
            + " cannot be opened with key "
            + key.shortForm()
            + ": wrong key, or damaged");
    this.key = key;
  }

  /** The key that was tried. */
  public KeyFingerprint key() {
    return key;
  }
}
