package org.qmpbs.pbs;

import java.util.Optional;
import org.qmpbs.chunker.KeyFingerprint;

/**
 * Who vouches for a manifest.
 *
 * @param state whether anybody does
 * @param key the key that the document names; anybody can write that, so it is worth something only
 *     if {@link State#PROVEN}
 */
public record Voucher(State state, Optional<KeyFingerprint> key) {
  /** Nobody: the snapshot was made without a key. */
  public static final Voucher NOBODY = new Voucher(State.UNSIGNED, Optional.empty());

  /** What is known of the signature. */
  public enum State {
    /** There is none. */
    UNSIGNED,
    /** There is one, and no key at hand to prove it. */
    UNPROVEN,
    /** It was proven with the key at hand. */
    PROVEN
  }

  /** Whether this very key is proven to have signed. */
  public boolean isProvenBy(KeyFingerprint fingerprint) {
    return state == State.PROVEN && key.equals(Optional.of(fingerprint));
  }
}
