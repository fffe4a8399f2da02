package org.qmpbs.chunker;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;

/**
 * The 32 bytes that a client encrypts and signs with. The server never sees them (docs/protocol.md,
 * "Keys").
 *
 * <p>The key itself encrypts. A second one, the id key, is derived from it for everything that
 * shows outside: names of chunks, signatures, the fingerprint. So what is shown never is a function
 * of the encrypting key alone.
 *
 * <p>Two keys are equal if their fingerprints are. {@link #close} overwrites both; every operation
 * works on a copy that is taken under a lock and overwritten afterwards, so that a key which is
 * closed meanwhile fails the operation instead of making it sign with zeros. What the platform's
 * ciphers copy for themselves is out of reach until it is collected.
 *
 * <p>Safe for use by several threads.
 */
public final class EncryptionKey implements AutoCloseable {
  /** Length in bytes. */
  public static final int BYTES = 32;

  /** Salt and rounds of the id key; constants of the format. */
  private static final byte[] ID_SALT = "_id_key".getBytes(StandardCharsets.US_ASCII);

  private static final int ID_ROUNDS = 10;

  private final byte[] key;
  private final byte[] idKey;
  private final KeyFingerprint fingerprint;
  private boolean closed;

  private EncryptionKey(byte[] key) {
    this.key = key;
    this.idKey = deriveIdKey(key);
    this.fingerprint = KeyFingerprint.of(this::digest);
  }

  /**
   * Copies the key; the caller overwrites its own bytes.
   *
   * @throws IllegalArgumentException if there are not 32 of them
   */
  public static EncryptionKey of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(
          "an encryption key has " + BYTES + " bytes, this has " + bytes.length);
    }
    return new EncryptionKey(bytes.clone());
  }

  /** A new key. */
  public static EncryptionKey generate(SecureRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return new EncryptionKey(bytes);
  }

  /** PBKDF2 with HMAC-SHA256 (RFC 8018, 5.2), of which 32 bytes are the first block. */
  private static byte[] deriveIdKey(byte[] key) {
    byte[] firstBlock = ByteBuffer.allocate(ID_SALT.length + 4).put(ID_SALT).putInt(1).array();
    byte[] round = Hmac.sha256(key, firstBlock);
    byte[] result = round.clone();
    for (int i = 1; i < ID_ROUNDS; i++) {
      byte[] next = Hmac.sha256(key, round);
      Arrays.fill(round, (byte) 0);
      round = next;
      for (int j = 0; j < result.length; j++) {
        result[j] ^= round[j];
      }
    }
    Arrays.fill(round, (byte) 0);
    return result;
  }

  /** Names chunks that are encrypted with this key: SHA-256 of the plain bytes and the id key. */
  public ChunkDigester digester() {
    return this::digest;
  }

  private Digest digest(byte[] plain, int offset, int length) {
    MessageDigest sha256 = Digest.newSha256();
    sha256.update(plain, offset, length);
    byte[] secret = copy(idKey);
    // At the end: whoever knows a digest must not be able to continue it.
    sha256.update(secret);
    Arrays.fill(secret, (byte) 0);
    return Digest.read(sha256.digest(), 0);
  }

  /** HMAC-SHA256 of {@code data} with the id key. */
  public Digest sign(byte[] data) {
    byte[] secret = copy(idKey);
    try {
      return Digest.read(Hmac.sha256(secret, data), 0);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  /**
   * Encrypts something short, such as another key.
   *
   * @param random makes the IV
   * @return IV, tag, data
   */
  public byte[] seal(byte[] plain, SecureRandom random) {
    byte[] buffer = new byte[AesGcm.OVERHEAD + plain.length + AesGcm.SPARE];
    System.arraycopy(plain, 0, buffer, AesGcm.OVERHEAD, plain.length);
    AesGcm.seal(this, buffer, 0, plain.length, random);
    return Arrays.copyOf(buffer, buffer.length - AesGcm.SPARE);
  }

  /**
   * Decrypts what {@link #seal} made.
   *
   * @param what the kind of thing it is, for messages
   * @throws CorruptDataException if it is too short to be encrypted
   * @throws AuthenticationFailedException if another key made it, or it was changed
   */
  public byte[] open(String what, byte[] sealed)
      throws CorruptDataException, AuthenticationFailedException {
    CorruptDataException.verify(
        sealed.length >= AesGcm.OVERHEAD,
        what,
        sealed.length,
        "expected IV and tag of " + AesGcm.OVERHEAD + " bytes, found the end");
    try {
      return AesGcm.open(this, sealed, 0);
    } catch (AEADBadTagException e) {
      throw new AuthenticationFailedException(what, fingerprint);
    }
  }

  /** What this key is known by. */
  public KeyFingerprint fingerprint() {
    return fingerprint;
  }

  /** A copy of the key itself, for key files; the caller overwrites it. */
  public byte[] copyBytes() {
    return copy(key);
  }

  private synchronized byte[] copy(byte[] secret) {
    if (closed) {
      throw new IllegalStateException("the encryption key is closed");
    }
    return secret.clone();
  }

  /** Overwrites the key; idempotent. The fingerprint remains. */
  @Override
  public synchronized void close() {
    closed = true;
    Arrays.fill(key, (byte) 0);
    Arrays.fill(idKey, (byte) 0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EncryptionKey that && fingerprint.equals(that.fingerprint);
  }

  @Override
  public int hashCode() {
    return fingerprint.hashCode();
  }

  @Override
  public String toString() {
    return "encryption key " + fingerprint.shortForm();
  }
}
