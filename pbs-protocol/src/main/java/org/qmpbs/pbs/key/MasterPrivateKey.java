package org.qmpbs.pbs.key;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.UnsupportedDataException;

/**
 * The private half of a master key, which is to be kept away from the machines that are backed up.
 * Java keeps its numbers where they cannot be overwritten, so it is only ever held for the length
 * of one command.
 */
public final class MasterPrivateKey {
  static final String WHAT = "private master key";

  /** What the official client makes. */
  public static final int BITS = 4096;

  private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";
  private static final String PLAIN = "PRIVATE KEY";
  private static final String TRADITIONAL = "RSA PRIVATE KEY";

  private final RSAPrivateCrtKey key;

  private MasterPrivateKey(RSAPrivateCrtKey key) {
    this.key = key;
  }

  /** Makes a new pair; takes seconds. */
  public static MasterPrivateKey generate(int bits, SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits, random);
      return new MasterPrivateKey((RSAPrivateCrtKey) generator.generateKeyPair().getPrivate());
    } catch (GeneralSecurityException e) {
      throw noRsa(e);
    }
  }

  /** Whether a file needs a passphrase, as far as can be told from its kind. */
  public static boolean needsPassphrase(byte[] pem) throws CorruptDataException {
    Pem parsed = Pem.parse(WHAT, pem);
    return parsed.label().equals(ENCRYPTED) || !parsed.headers().isEmpty();
  }

  /**
   * Parses PEM: PKCS #8 with or without passphrase, or the RSA form without.
   *
   * @param passphrase needed if {@link #needsPassphrase} says so
   * @throws WrongPassphraseException if it does not open; damage may look the same
   */
  public static MasterPrivateKey parse(byte[] pem, Optional<Passphrase> passphrase)
      throws CorruptDataException, UnsupportedDataException, WrongPassphraseException {
    Pem parsed = Pem.parse(WHAT, pem);
    try {
      return switch (parsed.label()) {
        case PLAIN -> ofPkcs8(parsed.der());
        case TRADITIONAL -> ofTraditional(parsed);
        case ENCRYPTED -> ofEncrypted(parsed, passphrase);
        default ->
            throw new CorruptDataException(
                WHAT, 0, "expected '" + ENCRYPTED + "', found '" + parsed.label() + "'");
      };
    } finally {
      Arrays.fill(parsed.der(), (byte) 0);
    }
  }

  /** Reads a file no further than keys are long; the caller overwrites what it gets. */
  public static byte[] readPem(Path file) throws IOException {
    return KeyFile.readBounded(file);
  }

  private static MasterPrivateKey ofEncrypted(Pem pem, Optional<Passphrase> passphrase)
      throws CorruptDataException, UnsupportedDataException, WrongPassphraseException {
    Passphrase given =
        passphrase.orElseThrow(() -> new IllegalStateException("this key needs its passphrase"));
    byte[] pkcs8 = EncryptedPrivateKey.decrypt(pem.der(), given);
    try {
      return ofPkcs8(pkcs8);
    } catch (CorruptDataException e) {
      // One wrong passphrase in some hundred has a padding that looks right.
      throw new WrongPassphraseException(WHAT, Optional.empty());
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
  }

  private static MasterPrivateKey ofTraditional(Pem pem)
      throws CorruptDataException, UnsupportedDataException {
    if (pem.header("DEK-Info").isPresent()) {
      throw new UnsupportedDataException(
          "the "
              + WHAT
              + " is encrypted in OpenSSL's old way; openssl pkcs8 -topk8 -v2 aes-256-cbc converts"
              + " it");
    }
    try {
      PrivateKeyInfo info =
          new PrivateKeyInfo(
              new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
              RSAPrivateKey.getInstance(pem.der()));
      return ofPkcs8(info.getEncoded());
    } catch (IOException | RuntimeException e) {
      throw corrupt();
    }
  }

  private static MasterPrivateKey ofPkcs8(byte[] der) throws CorruptDataException {
    try {
      RSAPrivateCrtKey key =
          (RSAPrivateCrtKey)
              KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
      if (isConsistent(key)) {
        return new MasterPrivateKey(key);
      }
    } catch (GeneralSecurityException | RuntimeException e) {
      // Said below.
    }
    throw corrupt();
  }

  /**
   * Whether the numbers belong together (RFC 8017, 3.2). Damage in the middle of an encrypted file
   * garbles a number and nothing else: structure and padding are as they should be.
   */
  private static boolean isConsistent(RSAPrivateCrtKey key) {
    BigInteger p = key.getPrimeP();
    BigInteger q = key.getPrimeQ();
    BigInteger d = key.getPrivateExponent();
    BigInteger e = key.getPublicExponent();
    BigInteger p1 = p.subtract(BigInteger.ONE);
    BigInteger q1 = q.subtract(BigInteger.ONE);
    return p1.signum() > 0
        && q1.signum() > 0
        && p.multiply(q).equals(key.getModulus())
        && d.multiply(e).mod(p1).equals(BigInteger.ONE)
        && d.multiply(e).mod(q1).equals(BigInteger.ONE)
        && d.mod(p1).equals(key.getPrimeExponentP())
        && d.mod(q1).equals(key.getPrimeExponentQ())
        && q.multiply(key.getCrtCoefficient()).mod(p).equals(BigInteger.ONE);
  }

  /**
   * Opens the content of a {@link MasterPublicKey#BLOB}. The caller closes the file.
   *
   * @throws WrongMasterKeyException if it was encrypted for another key
   */
  public KeyFile decrypt(byte[] encrypted)
      throws WrongMasterKeyException, CorruptDataException, UnsupportedDataException {
    byte[] json = null;
    try {
      Cipher cipher = Cipher.getInstance(MasterPublicKey.CIPHER);
      cipher.init(Cipher.DECRYPT_MODE, key);
      json = cipher.doFinal(encrypted);
      return KeyFile.parse(json);
    } catch (BadPaddingException | javax.crypto.IllegalBlockSizeException e) {
      throw new WrongMasterKeyException();
    } catch (GeneralSecurityException e) {
      throw noRsa(e);
    } finally {
      if (json != null) {
        Arrays.fill(json, (byte) 0);
      }
    }
  }

  /** The public half. */
  public MasterPublicKey publicKey() {
    BigInteger modulus = key.getModulus();
    try {
      return new MasterPublicKey(
          (RSAPublicKey)
              KeyFactory.getInstance("RSA")
                  .generatePublic(new RSAPublicKeySpec(modulus, key.getPublicExponent())));
    } catch (GeneralSecurityException e) {
      throw noRsa(e);
    }
  }

  /** The file, encrypted as OpenSSL and the official client do. */
  public byte[] toPem(Passphrase passphrase, SecureRandom random)
      throws PassphraseTooShortException {
    passphrase.requireLength();
    byte[] pkcs8 = key.getEncoded();
    try {
      return new Pem(ENCRYPTED, List.of(), EncryptedPrivateKey.encrypt(pkcs8, passphrase, random))
          .toText();
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
  }

  private static CorruptDataException corrupt() {
    return new CorruptDataException(WHAT, 0, "expected an RSA key, found something else");
  }

  private static IllegalStateException noRsa(GeneralSecurityException e) {
    return new IllegalStateException("every Java platform has RSA", e);
  }

  @Override
  public String toString() {
    return WHAT + " of " + key.getModulus().bitLength() + " bits";
  }
}
