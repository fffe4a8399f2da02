package org.qmpbs.pbs.key;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.UnsupportedDataException;

/**
 * PKCS #8 private keys with a passphrase (PBES2, RFC 8018): PBKDF2 and a cipher in CBC mode, what
 * OpenSSL writes since version 1.1 and the official client with it. CBC authenticates nothing; a
 * wrong passphrase shows by its padding or by what comes out being no key.
 */
final class EncryptedPrivateKey {
  private static final String WHAT = MasterPrivateKey.WHAT;
  private static final String CIPHER = "AES/CBC/PKCS5Padding";

  /** More than OpenSSL's 2048, which are from another century. OpenSSL reads any number. */
  private static final int ITERATIONS = 600_000;

  private static final int SALT = 16;
  private static final int BLOCK = 16;
  private static final int KEY = 32;

  /** Key lengths, in bytes, of the ciphers that OpenSSL offers for this. */
  private static final Map<ASN1ObjectIdentifier, Integer> AES =
      Map.of(
          NISTObjectIdentifiers.id_aes128_CBC, 16,
          NISTObjectIdentifiers.id_aes192_CBC, 24,
          NISTObjectIdentifiers.id_aes256_CBC, KEY);

  private EncryptedPrivateKey() {}

  /** The PKCS #8 structure inside; the caller overwrites it. */
  static byte[] decrypt(byte[] der, Passphrase passphrase)
      throws CorruptDataException, UnsupportedDataException, WrongPassphraseException {
    EncryptedPrivateKeyInfo info;
    Parameters parameters;
    try {
      info = EncryptedPrivateKeyInfo.getInstance(der);
      parameters = Parameters.of(info.getEncryptionAlgorithm());
    } catch (RuntimeException e) {
      // Whatever the parser throws at structures that are not the expected one.
      throw corrupt();
    }
    byte[] key = parameters.deriveKey(passphrase);
    try {
      Cipher cipher = Cipher.getInstance(CIPHER);
      cipher.init(
          Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(parameters.iv()));
      return cipher.doFinal(info.getEncryptedData());
    } catch (GeneralSecurityException e) {
      throw new WrongPassphraseException(WHAT, Optional.empty());
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** The encrypted form of a PKCS #8 structure. */
  static byte[] encrypt(byte[] pkcs8, Passphrase passphrase, SecureRandom random) {
    byte[] salt = new byte[SALT];
    random.nextBytes(salt);
    byte[] iv = new byte[BLOCK];
    random.nextBytes(iv);
    PBKDF2Params kdf =
        new PBKDF2Params(
            salt,
            ITERATIONS,
            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE));
    PBES2Parameters scheme =
        new PBES2Parameters(
            new KeyDerivationFunc(PKCSObjectIdentifiers.id_PBKDF2, kdf),
            new EncryptionScheme(NISTObjectIdentifiers.id_aes256_CBC, new DEROctetString(iv)));
    byte[] key =
        new Parameters(new SHA256Digest(), salt, ITERATIONS, KEY, iv).deriveKey(passphrase);
    try {
      Cipher cipher = Cipher.getInstance(CIPHER);
      cipher.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv), random);
      return new EncryptedPrivateKeyInfo(
              new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2, scheme),
              cipher.doFinal(pkcs8))
          .getEncoded();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every Java platform has " + CIPHER, e);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** What the structure says of how its key is derived. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Parameters(Digest digest, byte[] salt, int iterations, int keyLength, byte[] iv) {
    static Parameters of(AlgorithmIdentifier algorithm)
        throws CorruptDataException, UnsupportedDataException {
      if (!algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBES2)) {
        throw unsupported("encryption", algorithm.getAlgorithm());
      }
      PBES2Parameters scheme = PBES2Parameters.getInstance(algorithm.getParameters());
      KeyDerivationFunc function = scheme.getKeyDerivationFunc();
      if (!function.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBKDF2)) {
        throw unsupported("derivation", function.getAlgorithm());
      }
      ASN1ObjectIdentifier cipher = scheme.getEncryptionScheme().getAlgorithm();
      Integer keyLength = AES.get(cipher);
      if (keyLength == null) {
        throw unsupported("cipher", cipher);
      }
      PBKDF2Params kdf = PBKDF2Params.getInstance(function.getParameters());
      byte[] iv = octets(scheme.getEncryptionScheme().getParameters());
      // Longer numbers than an int throw.
      int iterations = kdf.getIterationCount().intValueExact();
      if (iterations < 1 || iv.length != BLOCK) {
        throw corrupt();
      }
      if (iterations > KeyDerivation.Pbkdf2.MAX_ITERATIONS) {
        throw new UnsupportedDataException(
            "the " + WHAT + " asks for " + iterations + " iterations; that many are not done");
      }
      return new Parameters(
          digest(kdf.getPrf().getAlgorithm()), kdf.getSalt(), iterations, keyLength, iv);
    }

    private static byte[] octets(ASN1Encodable parameters) {
      return ASN1OctetString.getInstance(parameters).getOctets();
    }

    private static Digest digest(ASN1ObjectIdentifier hmac) throws UnsupportedDataException {
      if (hmac.equals(PKCSObjectIdentifiers.id_hmacWithSHA256)) {
        return new SHA256Digest();
      }
      if (hmac.equals(PKCSObjectIdentifiers.id_hmacWithSHA1)) {
        return new SHA1Digest();
      }
      if (hmac.equals(PKCSObjectIdentifiers.id_hmacWithSHA384)) {
        return new SHA384Digest();
      }
      if (hmac.equals(PKCSObjectIdentifiers.id_hmacWithSHA512)) {
        return new SHA512Digest();
      }
      throw unsupported("hash", hmac);
    }

    byte[] deriveKey(Passphrase passphrase) {
      PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(digest);
      generator.init(passphrase.bytes(), salt, iterations);
      KeyParameter key = (KeyParameter) generator.generateDerivedParameters(Byte.SIZE * keyLength);
      return key.getKey();
    }
  }

  private static UnsupportedDataException unsupported(String what, ASN1ObjectIdentifier found) {
    return new UnsupportedDataException(
        "the "
            + WHAT
            + " has "
            + what
            + " "
            + found
            + ", which is not supported; openssl pkcs8 -topk8 -v2 aes-256-cbc converts it");
  }

  private static CorruptDataException corrupt() {
    return new CorruptDataException(WHAT, 0, "expected an encrypted PKCS #8 key, found others");
  }
}
