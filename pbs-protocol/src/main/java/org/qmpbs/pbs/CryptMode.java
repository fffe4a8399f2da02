package org.qmpbs.pbs;

/** How a file of a snapshot is protected (field {@code crypt-mode} of the manifest). */
public enum CryptMode {
  /** Plain. */
  NONE("none"),
  /** Encrypted with a client key. */
  ENCRYPT("encrypt"),
  /** Plain, but the manifest is signed with a client key. */
  SIGN_ONLY("sign-only");

  private final String id;

  CryptMode(String id) {
    this.id = id;
  }

  /** The name in the manifest. */
  public String id() {
    return id;
  }

  /**
   * The mode named {@code id}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static CryptMode parse(String id) {
    for (CryptMode mode : values()) {
      if (mode.id.equals(id)) {
        return mode;
      }
    }
    throw new IllegalArgumentException("unknown crypt mode '" + id + "'");
  }
}
