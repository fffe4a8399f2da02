package org.qmpbs.chunker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.Test;

class EncryptionKeyTest {
  private static final byte[] ZEROS = new byte[EncryptionKey.BYTES];

  @Test
  void theFingerprintIsTheOneThatTheRealClientWroteIntoItsKeyFiles() {
    assertThat(GoldenData.key().fingerprint())
        .hasToString(
            "2d:f0:29:b2:af:dc:1a:8f:8f:99:44:54:a0:4f:3c:39"
                + ":3b:1c:03:98:cb:34:a5:4e:20:e7:89:db:72:60:9d:21");
    byte[] none = Base64.getDecoder().decode("BaIRM6lZmju3eSU2T/UhNanfRkq9+GzWmsP1TxcN/sY=");
    assertThat(EncryptionKey.of(none).fingerprint().shortForm())
        .isEqualTo("c9:e1:ef:cf:35:68:70:32");
  }

  /** The platform's derivation takes text only, so the key of this test is text. */
  @Test
  void theIdKeyIsThatOfThePlatformsDerivation() throws Exception {
    String text = "0123456789abcdef0123456789abcdef";
    PBEKeySpec spec = new PBEKeySpec(text.toCharArray(), "_id_key".getBytes(UTF_8), 10, 256);
    byte[] idKey =
        SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    byte[] data = "some bytes".getBytes(UTF_8);
    byte[] both = ("some bytes" + "x".repeat(idKey.length)).getBytes(UTF_8);
    System.arraycopy(idKey, 0, both, data.length, idKey.length);

    EncryptionKey key = EncryptionKey.of(text.getBytes(UTF_8));

    assertThat(key.digester().digest(data, 0, data.length)).isEqualTo(Digest.sha256(both));
    assertThat(key.sign(data).toBytes()).isEqualTo(Hmac.sha256(idKey, data));
  }

  /** RFC 4231, test case 2. */
  @Test
  void hmacIsThatOfItsStandard() {
    assertThat(Hmac.sha256("Jefe".getBytes(UTF_8), "what do ya want for nothing?".getBytes(UTF_8)))
        .isEqualTo(
            HexFormat.of()
                .parseHex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
  }

  @Test
  void aKeyedDigestIsOfTheRangeOnly() {
    ChunkDigester digester = GoldenData.key().digester();
    byte[] data = {9, 1, 2, 3, 9};

    assertThat(digester.digest(data, 1, 3)).isEqualTo(digester.digest(new byte[] {1, 2, 3}, 0, 3));
    assertThat(digester.digest(data, 1, 3)).isNotEqualTo(Digest.sha256(data, 1, 3));
  }

  @Test
  void keysAreWhatTheirFingerprintsAre() {
    assertThat(GoldenData.key()).isEqualTo(GoldenData.key()).hasSameHashCodeAs(GoldenData.key());
    assertThat(GoldenData.key()).isNotEqualTo(EncryptionKey.of(ZEROS));
    assertThat(EncryptionKey.generate(new SecureRandom()))
        .isNotEqualTo(EncryptionKey.generate(new SecureRandom()));
  }

  @Test
  void onlyTheRightLengthIsAKey() {
    for (int length : new int[] {0, 16, 31, 33, 64}) {
      assertThatThrownBy(() -> EncryptionKey.of(new byte[length]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("32 bytes, this has " + length);
    }
  }

  @Test
  void aClosedKeyDoesNothingAndNeverSignsWithZeros() {
    EncryptionKey key = GoldenData.key();
    KeyFingerprint fingerprint = key.fingerprint();
    byte[] blob = Blob.encode(new byte[9], 0, 9, key, new SecureRandom());

    key.close();
    key.close();

    assertThat(key.fingerprint()).isEqualTo(fingerprint);
    assertThatThrownBy(() -> key.sign(ZEROS)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> key.digester().digest(ZEROS, 0, 1))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Blob.decode(blob, 9, key)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Blob.encode(ZEROS, 0, 9, key, new SecureRandom()))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(key::copyBytes).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theCallersBytesStayTheCallers() {
    byte[] bytes = new byte[EncryptionKey.BYTES];
    EncryptionKey key = EncryptionKey.of(bytes);
    bytes[0] = 1;
    key.copyBytes()[1] = 1;

    assertThat(key.copyBytes()).containsOnly(0);
  }

  @Test
  void whatIsSealedOpensWithItsKeyOnly() throws IOException {
    byte[] secret = "a key in a key file".getBytes(UTF_8);
    byte[] sealed = GoldenData.key().seal(secret, new SecureRandom());

    assertThat(sealed).hasSize(32 + secret.length);
    assertThat(GoldenData.key().open("thing", sealed)).isEqualTo(secret);
    assertThatThrownBy(() -> EncryptionKey.of(ZEROS).open("thing", sealed))
        .isInstanceOfSatisfying(
            AuthenticationFailedException.class,
            e -> assertThat(e.key()).isEqualTo(EncryptionKey.of(ZEROS).fingerprint()))
        .hasMessageContaining("encrypted thing")
        .hasMessageContaining("wrong key, or damaged");
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      assertThatThrownBy(() -> GoldenData.key().open("thing", changed))
          .isInstanceOf(AuthenticationFailedException.class);
    }
    assertThatThrownBy(() -> GoldenData.key().open("thing", new byte[31]))
        .isInstanceOf(CorruptDataException.class);
  }

  @Test
  void nothingThatIsShownOrStoredOfAKeyIsTheKey() throws IOException {
    EncryptionKey key = GoldenData.key();
    byte[] bytes = key.copyBytes();
    ByteArrayOutputStream serialised = new ByteArrayOutputStream();

    assertThat(key).hasToString("encryption key 2d:f0:29:b2:af:dc:1a:8f");
    assertThat(key).isNotInstanceOf(Serializable.class);
    try (RawKey raw = new RawKey("AES", bytes.clone());
        ObjectOutputStream out = new ObjectOutputStream(serialised)) {
      assertThat(raw).hasToString("(key)");
      assertThatThrownBy(() -> out.writeObject(raw)).isInstanceOf(NotSerializableException.class);
    }
    assertThat(HexFormat.of().formatHex(serialised.toByteArray()))
        .doesNotContain(HexFormat.of().formatHex(bytes));
  }

  @Test
  void fingerprintsAreReadInBothFormsAndNothingElseIs() {
    KeyFingerprint fingerprint = GoldenData.key().fingerprint();
    String text = fingerprint.toString();

    assertThat(KeyFingerprint.parse(text)).isEqualTo(fingerprint);
    assertThat(KeyFingerprint.parse(text.replace(":", "").toUpperCase(java.util.Locale.ROOT)))
        .isEqualTo(fingerprint);
    for (String bad : new String[] {"", text + ":", text.substring(3), fingerprint.shortForm()}) {
      assertThatThrownBy(() -> KeyFingerprint.parse(bad))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
