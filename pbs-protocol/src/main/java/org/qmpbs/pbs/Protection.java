package org.qmpbs.pbs;

import java.security.SecureRandom;
import java.util.Optional;
import org.qmpbs.chunker.ChunkNames;
import org.qmpbs.chunker.ChunkSealer;
import org.qmpbs.chunker.EncryptionKey;

/**
 * How a snapshot is protected while it is written: not at all, signed, or encrypted and signed. The
 * mode and the key go together, so one object has both.
 */
public final class Protection {
  /** Neither encrypted nor signed. */
  public static final Protection NONE =
      new Protection(CryptMode.NONE, Optional.empty(), ChunkSealer.PLAIN);

  private final CryptMode mode;
  private final Optional<EncryptionKey> key;
  private final ChunkSealer sealer;

  private Protection(CryptMode mode, Optional<EncryptionKey> key, ChunkSealer sealer) {
    this.mode = mode;
    this.key = key;
    this.sealer = sealer;
  }

  /** Plain files and a signed manifest. The caller closes the key. */
  public static Protection signed(EncryptionKey key) {
    return new Protection(CryptMode.SIGN_ONLY, Optional.of(key), ChunkSealer.PLAIN);
  }

  /**
   * Encrypted files and a signed manifest. The caller closes the key.
   *
   * @param random makes the IVs
   */
  public static Protection encrypted(EncryptionKey key, SecureRandom random) {
    return new Protection(CryptMode.ENCRYPT, Optional.of(key), ChunkSealer.of(key, random));
  }

  /** The mode of every file. */
  public CryptMode mode() {
    return mode;
  }

  /** The key, in all modes but {@link CryptMode#NONE}. */
  public Optional<EncryptionKey> key() {
    return key;
  }

  /** Makes chunks and blobs. */
  public ChunkSealer sealer() {
    return sealer;
  }

  /** For snapshots that this run has written: nothing else will do. */
  public ReadKey readOwn() {
    return new ReadKey(key, ReadKey.Demand.PROOF);
  }

  /** For earlier snapshots of the group, which may have been made before there was a key. */
  public ReadKey readEarlier() {
    return new ReadKey(key, ReadKey.Demand.PROOF_OF_CLAIMS);
  }

  /**
   * Whether {@code manifest} was made with the same key, and proven to be; or, without a key, with
   * none.
   */
  public boolean isKeyOf(Manifest manifest) {
    Voucher voucher = manifest.voucher();
    return key.map(own -> voucher.isProvenBy(own.fingerprint()))
        .orElse(voucher.state() == Voucher.State.UNSIGNED && voucher.key().isEmpty());
  }

  /**
   * Whether {@code file}, of a manifest that was read with {@link #readEarlier}, names its chunks
   * as we name ours. Plain digests say the same whoever signs them.
   */
  public boolean namesChunksAs(ManifestFile file) {
    return (file.cryptMode() == CryptMode.ENCRYPT) == (mode == CryptMode.ENCRYPT);
  }

  /** What the chunks are called. */
  public ChunkNames names() {
    return sealer.names();
  }

  /** The document of {@code manifest}, signed if there is a key. */
  byte[] toJson(Manifest manifest) {
    return key.map(manifest::toJson).orElseGet(manifest::toJson);
  }

  @Override
  public String toString() {
    return mode.id() + key.map(own -> " with key " + own.fingerprint().shortForm()).orElse("");
  }
}
