package org.qmpbs.pbs.key;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import org.qmpbs.chunker.AuthenticationFailedException;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.chunker.KeyFingerprint;
import org.qmpbs.chunker.UnsupportedDataException;

/**
 * An encryption key as the official client keeps it in a file: as it is, or encrypted with a key
 * that is derived from a passphrase. What comes out is compared with the fingerprint in the file.
 *
 * <p>Closing overwrites the key of a file without passphrase.
 */
public final class KeyFile implements AutoCloseable {
  static final String WHAT = "key file";

  /** A key file has some 400 bytes. */
  static final int MAX_BYTES = 64 << 10;

  /** The official client takes no longer hint. */
  public static final int MAX_HINT = 64;

  private final Optional<KeyDerivation> derivation;
  private final Instant created;
  private final Instant modified;
  private final byte[] data;
  private final Optional<KeyFingerprint> fingerprint;
  private final Optional<String> hint;

  KeyFile(
      Optional<KeyDerivation> derivation,
      Instant created,
      Instant modified,
      byte[] data,
      Optional<KeyFingerprint> fingerprint,
      Optional<String> hint) {
    this.derivation = derivation;
    this.created = created.truncatedTo(ChronoUnit.SECONDS);
    this.modified = modified.truncatedTo(ChronoUnit.SECONDS);
    this.data = data;
    this.fingerprint = fingerprint;
    this.hint = hint;
  }

  /**
   * When and with which hint a file is made.
   *
   * @param created when the key was made
   * @param modified when the passphrase was set
   * @param hint what helps to remember the passphrase, without control characters
   */
  public record Details(Instant created, Instant modified, Optional<String> hint) {
    /**
     * Checks the hint.
     *
     * @throws IllegalArgumentException if the official client would not take it
     */
    public Details {
      hint.ifPresent(Details::requireHint);
    }

    private static void requireHint(String hint) {
      int length = hint.codePointCount(0, hint.length());
      if (length < 1 || length > MAX_HINT || hint.codePoints().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException(
            "a hint is one line of 1 to " + MAX_HINT + " characters");
      }
    }
  }

  /** The file of {@code key} without a passphrase; it has no hint. */
  public static KeyFile unprotected(EncryptionKey key, Details details) {
    return new KeyFile(
        Optional.empty(),
        details.created(),
        details.modified(),
        key.copyBytes(),
        Optional.of(key.fingerprint()),
        Optional.empty());
  }

  /**
   * The file of {@code key} with a passphrase.
   *
   * @param kdf not {@link Kdf#NONE}
   */
  public static KeyFile protect(
      EncryptionKey key, Kdf kdf, Passphrase passphrase, Details details, SecureRandom random)
      throws PassphraseTooShortException {
    passphrase.requireLength();
    KeyDerivation derivation =
        switch (kdf) {
          case SCRYPT -> KeyDerivation.Scrypt.generate(random);
          case PBKDF2 -> KeyDerivation.Pbkdf2.generate(random);
          case NONE -> throw new IllegalArgumentException("a passphrase needs a derivation");
        };
    byte[] plain = key.copyBytes();
    try (EncryptionKey wrapping = derivation.derive(passphrase)) {
      return new KeyFile(
          Optional.of(derivation),
          details.created(),
          details.modified(),
          wrapping.seal(plain, random),
          Optional.of(key.fingerprint()),
          details.hint());
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  /**
   * Parses the content of a file.
   *
   * @throws CorruptDataException if it is not a key file
   * @throws UnsupportedDataException if its passphrase is derived in an unknown or too costly way
   */
  public static KeyFile parse(byte[] json) throws CorruptDataException, UnsupportedDataException {
    return KeyFileJson.parse(json);
  }

  /** Reads a file. */
  public static KeyFile read(Path file) throws IOException {
    byte[] json = readBounded(file);
    try {
      return parse(json);
    } finally {
      Arrays.fill(json, (byte) 0);
    }
  }

  static byte[] readBounded(Path file) throws IOException {
    byte[] buffer = new byte[MAX_BYTES + 1];
    try (InputStream in = Files.newInputStream(file)) {
      int length = in.readNBytes(buffer, 0, buffer.length);
      if (length > MAX_BYTES) {
        throw new CorruptDataException(
            "file " + file, MAX_BYTES, "expected a key, found more than a key is long");
      }
      return Arrays.copyOf(buffer, length);
    } finally {
      Arrays.fill(buffer, (byte) 0);
    }
  }

  /** How it is protected. */
  public Kdf kdf() {
    return derivation.map(KeyDerivation::kdf).orElse(Kdf.NONE);
  }

  /** When the key was made. */
  public Instant created() {
    return created;
  }

  /** When the passphrase was set. */
  public Instant modified() {
    return modified;
  }

  /** What the file says that its key's fingerprint is; files of early versions do not. */
  public Optional<KeyFingerprint> fingerprint() {
    return fingerprint;
  }

  /** What helps to remember the passphrase. */
  public Optional<String> hint() {
    return hint;
  }

  /**
   * The key of a file without passphrase.
   *
   * @throws IllegalStateException if it has one
   * @throws CorruptDataException if the key is not the one that the file says it has
   */
  public EncryptionKey unlock() throws CorruptDataException {
    if (derivation.isPresent()) {
      throw new IllegalStateException("this key file needs its passphrase");
    }
    return checked(data.clone());
  }

  /**
   * The key, whether the file has a passphrase or not.
   *
   * @throws WrongPassphraseException if it does not open; a damaged file looks the same
   * @throws CorruptDataException if the key is not the one that the file says it has
   */
  public EncryptionKey unlock(Passphrase passphrase)
      throws WrongPassphraseException, PassphraseTooShortException, CorruptDataException {
    if (derivation.isEmpty()) {
      return unlock();
    }
    passphrase.requireLength();
    try (EncryptionKey wrapping = derivation.get().derive(passphrase)) {
      return checked(wrapping.open(WHAT, data));
    } catch (AuthenticationFailedException e) {
      // Not as the cause: it names a fingerprint of the passphrase that was tried.
      throw new WrongPassphraseException(WHAT, hint);
    }
  }

  /** Overwrites {@code bytes}. */
  private EncryptionKey checked(byte[] bytes) throws CorruptDataException {
    EncryptionKey key;
    try {
      key = EncryptionKey.of(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
    if (fingerprint.isPresent() && !fingerprint.get().equals(key.fingerprint())) {
      key.close();
      throw KeyFileJson.corrupt(
          "expected the key with fingerprint "
              + fingerprint.get().shortForm()
              + " (file), found "
              + key.fingerprint().shortForm());
    }
    return key;
  }

  /** The content of the file, as the official client writes it. The caller overwrites it. */
  public byte[] toJson() {
    return KeyFileJson.write(this);
  }

  Optional<KeyDerivation> derivation() {
    return derivation;
  }

  /** Not a copy. */
  byte[] data() {
    return data;
  }

  @Override
  public void close() {
    Arrays.fill(data, (byte) 0);
  }

  @Override
  public String toString() {
    return "key file ("
        + kdf().id()
        + ", "
        + fingerprint.map(KeyFingerprint::shortForm).orElse("no fingerprint")
        + ")";
  }
}
