package org.qmpbs.pbs.key;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.chunker.KeyFingerprint;
import org.qmpbs.chunker.UnsupportedDataException;

/**
 * Key files as documents. Unknown fields are let pass, lengths are exact. Messages say where and
 * what kind of thing was found, never the thing: it may be the key.
 */
final class KeyFileJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** {@code 2026-11-21T08:49:41+00:00}, as the official client writes it. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx").withZone(ZoneOffset.UTC);

  /** IV and tag before the encrypted key. */
  private static final int SEALED_KEY = 32 + EncryptionKey.BYTES;

  /** Salts have 32 bytes; none at all is allowed too. */
  private static final int MAX_SALT = 1024;

  private KeyFileJson() {}

  static KeyFile parse(byte[] json) throws CorruptDataException, UnsupportedDataException {
    if (json.length > KeyFile.MAX_BYTES) {
      throw corrupt("expected at most " + KeyFile.MAX_BYTES + " bytes, found " + json.length);
    }
    JsonNode root = readTree(json);
    if (!root.isObject()) {
      throw corrupt("expected an object, found " + root.getNodeType());
    }
    Optional<KeyDerivation> derivation = derivation(root.get("kdf"));
    Instant created = time(root, "created");
    Instant modified = time(root, "modified");
    Optional<KeyFingerprint> fingerprint = fingerprint(root);
    Optional<String> hint = optionalText(root, "hint");
    byte[] data = base64(root, "data");
    int expected = derivation.isPresent() ? SEALED_KEY : EncryptionKey.BYTES;
    if (data.length != expected) {
      Arrays.fill(data, (byte) 0);
      throw corrupt("expected 'data' of " + expected + " bytes, found " + data.length);
    }
    return new KeyFile(derivation, created, modified, data, fingerprint, hint);
  }

  private static JsonNode readTree(byte[] json) throws CorruptDataException {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      long offset = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
      throw new CorruptDataException(KeyFile.WHAT, offset, "expected JSON, found something else");
    } catch (IOException e) {
      throw corrupt("expected JSON, found something else");
    }
  }

  private static Optional<KeyDerivation> derivation(@Nullable JsonNode kdf)
      throws CorruptDataException, UnsupportedDataException {
    if (kdf == null || kdf.isNull()) {
      return Optional.empty();
    }
    if (!kdf.isObject() || kdf.size() != 1) {
      throw corrupt("expected 'kdf' to be null or one named object, found " + kdf.getNodeType());
    }
    Map.Entry<String, JsonNode> only = kdf.properties().iterator().next();
    JsonNode parameters = only.getValue();
    return switch (only.getKey()) {
      case "Scrypt" ->
          Optional.of(
              KeyDerivation.Scrypt.of(
                  integer(parameters, "n"),
                  integer(parameters, "r"),
                  integer(parameters, "p"),
                  salt(parameters)));
      case "PBKDF2" ->
          Optional.of(KeyDerivation.Pbkdf2.of(integer(parameters, "iter"), salt(parameters)));
      default ->
          throw new UnsupportedDataException(
              "the key file's passphrase is derived in a way that this version does not know");
    };
  }

  private static byte[] salt(JsonNode parameters) throws CorruptDataException {
    byte[] salt = base64(parameters, "salt");
    if (salt.length > MAX_SALT) {
      throw corrupt("expected a salt of at most " + MAX_SALT + " bytes, found " + salt.length);
    }
    return salt;
  }

  private static long integer(JsonNode node, String field) throws CorruptDataException {
    JsonNode value = node.get(field);
    if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
      throw expected("the integer", field, value);
    }
    return value.longValue();
  }

  private static Instant time(JsonNode node, String field) throws CorruptDataException {
    try {
      return OffsetDateTime.parse(text(node, field)).toInstant();
    } catch (DateTimeException e) {
      throw corrupt("expected an RFC 3339 time in '" + field + "', found another text");
    }
  }

  private static Optional<KeyFingerprint> fingerprint(JsonNode root) throws CorruptDataException {
    Optional<String> text = optionalText(root, "fingerprint");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(KeyFingerprint.parse(text.get()));
    } catch (IllegalArgumentException e) {
      throw corrupt("expected 32 hexadecimal bytes in 'fingerprint', found another text");
    }
  }

  private static byte[] base64(JsonNode node, String field) throws CorruptDataException {
    try {
      return Base64.getDecoder().decode(text(node, field));
    } catch (IllegalArgumentException e) {
      throw corrupt("expected base64 in '" + field + "', found another text");
    }
  }

  private static Optional<String> optionalText(JsonNode node, String field)
      throws CorruptDataException {
    JsonNode value = node.get(field);
    return value == null || value.isNull() ? Optional.empty() : Optional.of(text(node, field));
  }

  private static String text(JsonNode node, String field) throws CorruptDataException {
    JsonNode value = node.get(field);
    if (value == null || !value.isTextual()) {
      throw expected("the text", field, value);
    }
    return value.textValue();
  }

  private static CorruptDataException expected(
      String kind, String field, @Nullable JsonNode found) {
    return corrupt(
        "expected "
            + kind
            + " '"
            + field
            + "', found "
            + (found == null ? "nothing" : found.getNodeType().toString()));
  }

  static CorruptDataException corrupt(String reason) {
    return new CorruptDataException(KeyFile.WHAT, 0, reason);
  }

  static byte[] write(KeyFile file) {
    Wiped out = new Wiped();
    try (out;
        JsonGenerator json = MAPPER.createGenerator(out)) {
      json.writeStartObject();
      json.writeFieldName("kdf");
      if (file.derivation().isEmpty()) {
        json.writeNull();
      } else {
        write(json, file.derivation().get());
      }
      json.writeStringField("created", TIME.format(file.created()));
      json.writeStringField("modified", TIME.format(file.modified()));
      json.writeBinaryField("data", file.data());
      if (file.fingerprint().isPresent()) {
        json.writeStringField("fingerprint", file.fingerprint().get().toString());
      }
      if (file.hint().isPresent()) {
        json.writeStringField("hint", file.hint().get());
      }
      json.writeEndObject();
      json.flush();
      return out.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException("an array can always be written", e);
    }
  }

  private static void write(JsonGenerator json, KeyDerivation derivation) throws IOException {
    json.writeStartObject();
    if (derivation instanceof KeyDerivation.Scrypt scrypt) {
      json.writeObjectFieldStart("Scrypt");
      json.writeNumberField("n", scrypt.n());
      json.writeNumberField("r", scrypt.r());
      json.writeNumberField("p", scrypt.p());
      json.writeBinaryField("salt", scrypt.salt());
    } else if (derivation instanceof KeyDerivation.Pbkdf2 pbkdf2) {
      json.writeObjectFieldStart("PBKDF2");
      json.writeNumberField("iter", pbkdf2.iterations());
      json.writeBinaryField("salt", pbkdf2.salt());
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  /** Overwrites its buffer when it is closed. */
  private static final class Wiped extends ByteArrayOutputStream {
    Wiped() {
      super(1024);
    }

    @Override
    public void close() {
      Arrays.fill(buf, (byte) 0);
    }
  }
}
