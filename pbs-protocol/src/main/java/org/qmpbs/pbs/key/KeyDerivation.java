package org.qmpbs.pbs.key;

import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.params.KeyParameter;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.chunker.UnsupportedDataException;

/**
 * Makes a key of a passphrase. The parameters stand in the file, which may be anybody's: what they
 * may cost is bounded when they are read, before anything is allocated.
 */
sealed interface KeyDerivation {
  /** Bytes of new salts, as the official client has them; others are read up to a bound. */
  int SALT = 32;

  /** The key, for encrypting another key; the caller closes it. */
  EncryptionKey derive(Passphrase passphrase);

  /** The kind. */
  Kdf kdf();

  /** RFC 7914. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Scrypt(int n, int r, int p, byte[] salt) implements KeyDerivation {
    /** The official client's fixed choice: 64 MiB. */
    private static final int N = 65536;

    private static final int R = 8;
    private static final int P = 1;

    /** Four times what the official client uses; it fits the smallest heap Java chooses. */
    private static final long MAX_MEMORY = 256L << 20;

    /** Sixteen times the work of the official client's: some seconds. */
    private static final long MAX_WORK = 16L * N * R * P;

    static Scrypt generate(SecureRandom random) {
      return new Scrypt(N, R, P, newSalt(random));
    }

    /** Checks foreign parameters. */
    static Scrypt of(long n, long r, long p, byte[] salt)
        throws CorruptDataException, UnsupportedDataException {
      // n < 2^(128 r / 8) is the standard's; it matters for r = 1 only.
      boolean valid = n > 1 && Long.bitCount(n) == 1 && r >= 1 && p >= 1 && (r > 1 || n < 65536);
      if (!valid) {
        throw KeyFileJson.corrupt(
            "expected parameters that scrypt allows, found n " + n + ", r " + r + ", p " + p);
      }
      // Each factor alone first: products of three longs overflow.
      boolean bounded = n <= MAX_WORK && r <= MAX_WORK && p <= MAX_WORK;
      if (!bounded
          || 128 * n * r > MAX_MEMORY
          || 128 * r * p > MAX_MEMORY
          || n * r > MAX_WORK / p) {
        throw new UnsupportedDataException(
            String.format(
                "the key file asks for scrypt with n %d, r %d, p %d; more than %d MiB, or sixteen"
                    + " times the usual work, is not done",
                n, r, p, MAX_MEMORY >> 20));
      }
      return new Scrypt((int) n, (int) r, (int) p, salt);
    }

    @Override
    public EncryptionKey derive(Passphrase passphrase) {
      return key(SCrypt.generate(passphrase.bytes(), salt, n, r, p, EncryptionKey.BYTES));
    }

    @Override
    public Kdf kdf() {
      return Kdf.SCRYPT;
    }
  }

  /** RFC 8018 with HMAC-SHA256. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Pbkdf2(int iterations, byte[] salt) implements KeyDerivation {
    /** The official client's fixed choice. */
    private static final int ITERATIONS = 65535;

    /** Ten seconds or so. */
    static final int MAX_ITERATIONS = 10_000_000;

    static Pbkdf2 generate(SecureRandom random) {
      return new Pbkdf2(ITERATIONS, newSalt(random));
    }

    /** Checks foreign parameters. */
    static Pbkdf2 of(long iterations, byte[] salt)
        throws CorruptDataException, UnsupportedDataException {
      if (iterations < 1) {
        throw KeyFileJson.corrupt("expected at least one iteration, found " + iterations);
      }
      if (iterations > MAX_ITERATIONS) {
        throw new UnsupportedDataException(
            "the key file asks for PBKDF2 with "
                + iterations
                + " iterations; more than "
                + MAX_ITERATIONS
                + " are not done");
      }
      return new Pbkdf2((int) iterations, salt);
    }

    @Override
    public EncryptionKey derive(Passphrase passphrase) {
      PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(new SHA256Digest());
      generator.init(passphrase.bytes(), salt, iterations);
      KeyParameter derived =
          (KeyParameter) generator.generateDerivedParameters(Byte.SIZE * EncryptionKey.BYTES);
      return key(derived.getKey());
    }

    @Override
    public Kdf kdf() {
      return Kdf.PBKDF2;
    }
  }

  private static EncryptionKey key(byte[] bytes) {
    try {
      return EncryptionKey.of(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static byte[] newSalt(SecureRandom random) {
    byte[] salt = new byte[SALT];
    random.nextBytes(salt);
    return salt;
  }
}
