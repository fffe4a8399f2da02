package org.qmpbs.pbs;

import java.io.IOException;
import java.util.Optional;
import org.qmpbs.chunker.KeyFingerprint;

/** The snapshot was made with a key, and it is not the one at hand. */
public final class WrongKeyException extends IOException implements HasRemedy {
  private static final long serialVersionUID = 1L;

  private final transient Optional<KeyFingerprint> needed;

  /**
   * Names both keys.
   *
   * @param needed the key that the manifest names
   * @param given the key at hand, or empty if there is none
   */
  public WrongKeyException(KeyFingerprint needed, Optional<KeyFingerprint> given) {
    this(Optional.of(needed), given);
  }

  /** The same of a snapshot that does not say which key made it. */
  WrongKeyException(Optional<KeyFingerprint> needed, Optional<KeyFingerprint> given) {
    super(
        "the snapshot was made with "
            + needed.map(key -> "key " + key.shortForm()).orElse("a key that it does not name")
            + given.map(key -> ", the given key is " + key.shortForm()).orElse(", none is given"));
    this.needed = needed;
  }

  /** The key that is needed, if the snapshot names it. */
  public Optional<KeyFingerprint> needed() {
    return needed;
  }

  @Override
  public String remedy() {
    return needed
        .map(key -> "Give the key file with fingerprint " + key + ": --keyfile FILE.")
        .orElse("Give the key file that it was made with: --keyfile FILE.");
  }
}
