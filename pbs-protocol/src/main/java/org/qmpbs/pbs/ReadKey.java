package org.qmpbs.pbs;

import java.util.Optional;
import org.qmpbs.chunker.ChunkOpener;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.chunker.KeyFingerprint;
import org.qmpbs.pbs.key.MasterPublicKey;

/**
 * The key that snapshots are read with, and how much is demanded of them (docs/adr/0011-keys.md).
 *
 * <p>With a key, a manifest has to carry its signature, be it of an encrypted or of a signed
 * snapshot. How far that goes is the {@link Demand}: whoever can write on the server can take a
 * signature away, or make one of a key of his own, so who names a key wants it proven.
 *
 * <p>Without a key, what is signed is read as if it were not; what is encrypted is refused.
 *
 * @param key the key, which the caller closes; or empty
 * @param demand what passes without this key's signature; of no meaning without a key
 */
public record ReadKey(Optional<EncryptionKey> key, Demand demand) {
  /** No key at hand. */
  public static final ReadKey NONE = new ReadKey(Optional.empty(), Demand.PROOF_IF_OURS);

  /** What is read without the key's signature. */
  public enum Demand {
    /** Nothing: the user said that the snapshot is this key's. */
    PROOF,
    /**
     * What claims nothing: no signature, no key, no protected file. For backups, which build on
     * nothing of another key's.
     */
    PROOF_OF_CLAIMS,
    /**
     * That, and what another key signed if nothing in it is encrypted. For a key that is there
     * whatever is read.
     */
    PROOF_IF_OURS
  }

  /** One that the user named. */
  public static ReadKey named(EncryptionKey key) {
    return new ReadKey(Optional.of(key), Demand.PROOF);
  }

  /** One that is used because it is there. */
  public static ReadKey byDefault(EncryptionKey key) {
    return new ReadKey(Optional.of(key), Demand.PROOF_IF_OURS);
  }

  /** Whether {@code manifest}, which nothing was proven of, is read all the same. */
  boolean passesUnproven(Manifest manifest) {
    if (key.isEmpty()) {
      return true;
    }
    return switch (demand) {
      case PROOF -> false;
      case PROOF_OF_CLAIMS -> claimsNothing(manifest);
      case PROOF_IF_OURS ->
          claimsNothing(manifest) || isSignedByAnother(manifest, key.get().fingerprint());
    };
  }

  private static boolean claimsNothing(Manifest manifest) {
    return manifest.voucher().equals(Voucher.NOBODY)
        && manifest.files().stream().allMatch(file -> file.cryptMode() == CryptMode.NONE);
  }

  /** And not encrypted: a refusal, with both keys, is of more use than what cannot be opened. */
  private static boolean isSignedByAnother(Manifest manifest, KeyFingerprint own) {
    Voucher voucher = manifest.voucher();
    return voucher.state() == Voucher.State.UNPROVEN
        && voucher.key().filter(by -> !by.equals(own)).isPresent()
        && manifest.files().stream().noneMatch(file -> file.cryptMode() == CryptMode.ENCRYPT);
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
