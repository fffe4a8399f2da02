package org.qmpbs.pbs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.chunker.KeyFingerprint;

/**
 * The signature of a manifest: HMAC-SHA256 with the id key over the canonical form of the document
 * as it is, fields of later versions included, without the signature itself and the part that the
 * server may write.
 */
final class ManifestSignature {
  private static final String SIGNATURE = "signature";
  private static final String UNPROTECTED = "unprotected";
  private static final String KEY_FINGERPRINT = "key-fingerprint";

  private ManifestSignature() {}

  /** Signs {@code root} and notes the key in the part that is not signed. */
  static void sign(ObjectNode root, EncryptionKey key) {
    try {
      root.put(SIGNATURE, signature(root, key));
    } catch (CorruptDataException e) {
      throw new IllegalStateException("a manifest of ours has names and integers only", e);
    }
    root.withObject("/" + UNPROTECTED).put(KEY_FINGERPRINT, key.fingerprint().toString());
  }

  /**
   * Proves that {@code key} signed {@code root}.
   *
   * <p>The key's fingerprint is looked at first. It is not signed, so this only makes the message
   * the right one; no document passes that the signature would not.
   */
  static void verify(ObjectNode root, EncryptionKey key)
      throws CorruptDataException,
          WrongKeyException,
          UnsignedManifestException,
          ForgedManifestException {
    Optional<KeyFingerprint> signer = keyFingerprint(root);
    if (signer.isPresent() && !signer.get().equals(key.fingerprint())) {
      throw new WrongKeyException(signer.get(), Optional.of(key.fingerprint()));
    }
    if (!isSigned(root)) {
      throw new UnsignedManifestException();
    }
    JsonNode found = root.get(SIGNATURE);
    if (!found.isTextual()) {
      throw ManifestJson.corrupt("expected the text 'signature', found " + found.getNodeType());
    }
    byte[] expected = signature(root, key).getBytes(StandardCharsets.US_ASCII);
    byte[] given = found.textValue().getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(expected, given)) {
      throw new ForgedManifestException();
    }
  }

  /** Whether it has any signature. */
  static boolean isSigned(ObjectNode root) {
    return root.hasNonNull(SIGNATURE);
  }

  private static String signature(ObjectNode root, EncryptionKey key) throws CorruptDataException {
    // Shallow: only fields of the root are taken away.
    ObjectNode signed = Answers.MAPPER.createObjectNode();
    signed.setAll(root);
    signed.remove(SIGNATURE);
    signed.remove(UNPROTECTED);
    return key.sign(CanonicalJson.write(signed)).hex();
  }

  static Optional<KeyFingerprint> keyFingerprint(ObjectNode root) throws CorruptDataException {
    JsonNode found = root.path(UNPROTECTED).path(KEY_FINGERPRINT);
    if (found.isMissingNode() || found.isNull()) {
      return Optional.empty();
    }
    if (!found.isTextual()) {
      throw ManifestJson.corrupt(
          "expected the text '" + KEY_FINGERPRINT + "', found " + found.getNodeType());
    }
    try {
      return Optional.of(KeyFingerprint.parse(found.textValue()));
    } catch (IllegalArgumentException e) {
      throw ManifestJson.corrupt("expected a key's fingerprint: " + e.getMessage());
    }
  }
}
