package org.qmpbs.pbs.key;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.UnsupportedDataException;

/**
 * The public half of a master key: encrypts a copy of the encryption key for each snapshot, so that
 * who has the private half can read all of them, whatever became of key files and passphrases.
 */
public final class MasterPublicKey {
  /** Blob in which the encrypted copy goes up with a snapshot. */
  public static final String BLOB = "rsa-encrypted.key.blob";

  static final String LABEL = "PUBLIC KEY";

  /** PKCS #1 v1.5, as the format has it. */
  static final String CIPHER = "RSA/ECB/PKCS1Padding";

  private static final String WHAT = "public master key";

  /** What PKCS #1 v1.5 takes of each block (RFC 8017, 7.2.1). */
  private static final int PADDING = 11;

  /** Larger ones take a second for each operation; OpenSSL has the same bound. */
  private static final int MAX_BITS = 16384;

  private final RSAPublicKey key;

  MasterPublicKey(RSAPublicKey key) {
    this.key = key;
  }

  /**
   * Parses PEM.
   *
   * @throws CorruptDataException if it is not the PEM of an RSA public key
   */
  public static MasterPublicKey parse(byte[] pem) throws CorruptDataException {
    Pem parsed = Pem.parse(WHAT, pem);
    if (!parsed.label().equals(LABEL)) {
      throw new CorruptDataException(
          WHAT,
          0,
          "expected '"
              + LABEL
              + "', found '"
              + parsed.label()
              + "'; openssl rsa -pubout makes it of a private key");
    }
    try {
      RSAPublicKey key =
          (RSAPublicKey)
              KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(parsed.der()));
      if (key.getModulus().bitLength() <= MAX_BITS) {
        return new MasterPublicKey(key);
      }
    } catch (GeneralSecurityException e) {
      // Said below.
    }
    throw new CorruptDataException(
        WHAT, 0, "expected an RSA key of at most " + MAX_BITS + " bits, found something else");
  }

  /** Reads a file. */
  public static MasterPublicKey read(Path file) throws IOException {
    return parse(KeyFile.readBounded(file));
  }

  /**
   * Encrypts {@code file}, which has to be without passphrase to be of use to the private key's
   * owner.
   *
   * @throws UnsupportedDataException if the master key is too short for it
   */
  public byte[] encrypt(KeyFile file, SecureRandom random) throws UnsupportedDataException {
    byte[] json = file.toJson();
    try {
      int room = (bits() + 7) / Byte.SIZE - PADDING;
      if (json.length > room) {
        throw new UnsupportedDataException(
            String.format(
                "a master key of %d bits takes %d bytes, and the key to encrypt has %d; make a master"
                    + " key of 4096 bits",
                bits(), room, json.length));
      }
      Cipher cipher = Cipher.getInstance(CIPHER);
      cipher.init(Cipher.ENCRYPT_MODE, key, random);
      return cipher.doFinal(json);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + CIPHER, e);
    } finally {
      Arrays.fill(json, (byte) 0);
    }
  }

  /** The file, as OpenSSL writes it. */
  public byte[] toPem() {
    return new Pem(LABEL, java.util.List.of(), key.getEncoded()).toText();
  }

  /** Length of the modulus in bits. */
  public int bits() {
    return key.getModulus().bitLength();
  }

  /** The modulus. */
  public BigInteger modulus() {
    return key.getModulus();
  }

  /** The public exponent. */
  public BigInteger exponent() {
    return key.getPublicExponent();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MasterPublicKey that && key.equals(that.key);
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }

  @Override
  public String toString() {
    return WHAT + " of " + bits() + " bits";
  }
}
