package org.qmpbs.pbs;

import java.util.Optional;
import org.qmpbs.chunker.ChunkOpener;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.pbs.key.MasterPublicKey;

/**
 * The key that snapshots are read with, and how much is demanded of them (docs/adr/0011-keys.md).
 *
 * <p>With a key, a manifest has to carry its signature, be it of an encrypted or of a signed
 * snapshot. A key that the user did not name, the default one, lets snapshots pass that claim
 * nothing: no signature, no key, no protected file. If the user named the key, they do not pass,
 * for whoever can write on the server could have taken all of that away.
 *
 * <p>Without a key, what is signed is read as if it were not; what is encrypted is refused.
 *
 * @param key the key, which the caller closes; or empty
 * @param isNamed whether the user said that the snapshot has to be this key's
 */
public record ReadKey(Optional<EncryptionKey> key, boolean isNamed) {
  /** No key at hand. */
  public static final ReadKey NONE = new ReadKey(Optional.empty(), false);

  /** One that the user named. */
  public static ReadKey named(EncryptionKey key) {
    return new ReadKey(Optional.of(key), true);
  }

  /** One that is used because it is there. */
  public static ReadKey byDefault(EncryptionKey key) {
    return new ReadKey(Optional.of(key), false);
  }

  /**
   * What reads {@code file}.
   *
   * @param manifest that it is from, read with this key
   * @throws WrongKeyException if a key is needed, and there is none
   */
  public ChunkOpener opener(Manifest manifest, ManifestFile file) throws WrongKeyException {
    if (!isEncrypted(file)) {
      return ChunkOpener.PLAIN;
    }
    return ChunkOpener.of(
        key.orElseThrow(() -> new WrongKeyException(manifest.voucher().key(), Optional.empty())));
  }

  /** The copy of the key for the master key's owner is encrypted with that, not with the key. */
  private static boolean isEncrypted(ManifestFile file) {
    return file.cryptMode() == CryptMode.ENCRYPT && !file.name().equals(MasterPublicKey.BLOB);
  }
}
