package org.qmpbs.client.backup;

import java.util.Optional;
import org.qmpbs.pbs.CryptMode;
import org.qmpbs.pbs.Protection;

/**
 * How a backup is protected.
 *
 * @param protection mode and key, which the caller closes after the job
 * @param keyCopy the key, encrypted for the owner of the master key; goes up with the snapshot
 */
public record SnapshotKeys(Protection protection, Optional<byte[]> keyCopy) {
  /** Not at all. */
  public static final SnapshotKeys NONE = new SnapshotKeys(Protection.NONE, Optional.empty());

  /**
   * Checks that they go together.
   *
   * @throws IllegalArgumentException if there is a copy of a key that does not encrypt
   */
  public SnapshotKeys {
    if (keyCopy.isPresent() && protection.mode() != CryptMode.ENCRYPT) {
      throw new IllegalArgumentException("a copy of a key that does not encrypt");
    }
  }
}
