package org.qmpbs.pbs.key;

import java.util.Locale;

/** How a key file is protected. */
public enum Kdf {
  /** Not at all: whoever reads the file has the key. */
  NONE,
  /** With a passphrase, at a cost of memory; the official client's default. */
  SCRYPT,
  /** With a passphrase. */
  PBKDF2;

  /** The name on the command line and in JSON. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
