package org.qmpbs.pbs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.crypto.generators.SCrypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.chunker.UnsupportedDataException;

class ManifestSignatureTest {
  private static final String ENCRYPTED = "vm/encrypted/2023-11-14T221320Z";
  private static final String ENCRYPTED_LATER = "vm/encrypted/2023-11-14T221500Z";
  private static final String SIGNED = "vm/signed/2023-11-14T221320Z";

  private static EncryptionKey key(String base64) {
    return EncryptionKey.of(Base64.getDecoder().decode(base64));
  }

  /** Of scrypt.json. */
  private static EncryptionKey encryptingKey() {
    return key("NJKAe75aBNhOqTM/o3TA7XO4mhZrMDZawbrnjbugab8=");
  }

  /** Of none.json. */
  private static EncryptionKey signingKey() {
    return key("BaIRM6lZmju3eSU2T/UhNanfRkq9+GzWmsP1TxcN/sY=");
  }

  private static byte[] golden(String folder) throws IOException {
    return Blob.decode(Golden.read(folder + "/" + Manifest.NAME), 1 << 20);
  }

  private static ObjectNode document(String folder) throws IOException {
    return (ObjectNode) Answers.MAPPER.readTree(golden(folder));
  }

  private static byte[] bytes(JsonNode document) throws IOException {
    return Answers.MAPPER.writeValueAsBytes(document);
  }

  private static void parseSigned(byte[] json) throws IOException {
    Manifest.parse(json, Golden.SNAPSHOTS.get(SIGNED), signingKey());
  }

  @Test
  void theKnownAnswerComesOut() throws Exception {
    EncryptionKey key =
        EncryptionKey.of(SCrypt.generate("test".getBytes(UTF_8), new byte[0], 65536, 8, 1, 32));
    Snapshot snapshot = Snapshot.parse("host/elsa/2020-06-26T13:56:05Z");
    Manifest manifest =
        new Manifest(
            snapshot,
            List.of(
                new ManifestFile(
                    "test1.img.fidx", CryptMode.ENCRYPT, 200, Digest.parse("01".repeat(32))),
                new ManifestFile("abc.blob", CryptMode.NONE, 200, Digest.parse("02".repeat(32)))));

    byte[] json = manifest.toJson(key);

    assertThat(Answers.MAPPER.readTree(json).get("signature").textValue())
        .isEqualTo("d7b446fb7db081662081d4b40fedd858a1d6307a5aff4ecff7d5bf4fd35679e9");
    Manifest read = Manifest.parse(json, snapshot, key);
    assertThat(read.files()).isEqualTo(manifest.files());
    assertThat(read.voucher().isProvenBy(key.fingerprint())).isTrue();
    assertThat(Manifest.keyFingerprint(json)).contains(key.fingerprint());
  }

  @ParameterizedTest
  @ValueSource(strings = {ENCRYPTED, ENCRYPTED_LATER, SIGNED})
  void manifestsOfTheRealClientVerifyAndOursOfTheSameFilesHaveTheirSignature(String folder)
      throws Exception {
    EncryptionKey key = folder.equals(SIGNED) ? signingKey() : encryptingKey();
    Manifest manifest = Manifest.parse(golden(folder), Golden.SNAPSHOTS.get(folder), key);

    JsonNode ours = Answers.MAPPER.readTree(manifest.toJson(key));
    ObjectNode theirs = document(folder);

    Manifest unproven = Manifest.parse(golden(folder), Golden.SNAPSHOTS.get(folder));
    assertThat(unproven.files()).isEqualTo(manifest.files());
    assertThat(unproven.voucher())
        .isEqualTo(new Voucher(Voucher.State.UNPROVEN, Optional.of(key.fingerprint())));
    ((ObjectNode) theirs.get("unprotected")).remove("chunk_upload_stats");
    assertThat(ours).isEqualTo(theirs);
  }

  @Test
  void withoutAKeyTheDocumentSaysWhichKeyIsNeeded() throws Exception {
    assertThat(Manifest.keyFingerprint(golden(ENCRYPTED))).contains(encryptingKey().fingerprint());
    assertThat(Manifest.keyFingerprint(golden("vm/plain/2023-11-14T221320Z"))).isEmpty();
    assertThat(new WrongKeyException(encryptingKey().fingerprint(), Optional.empty()))
        .hasMessageContaining("2d:f0:29:b2:af:dc:1a:8f, none is given");
  }

  @Test
  void anotherKeySaysWhichIsNeededAndWhichWasGiven() {
    Snapshot snapshot = Golden.SNAPSHOTS.get(ENCRYPTED);
    assertThatThrownBy(() -> Manifest.parse(golden(ENCRYPTED), snapshot, signingKey()))
        .isInstanceOfSatisfying(
            WrongKeyException.class,
            e -> {
              assertThat(e.needed()).contains(encryptingKey().fingerprint());
              assertThat(e.remedy()).contains(encryptingKey().fingerprint().toString());
            })
        .hasMessageContaining("2d:f0:29:b2:af:dc:1a:8f")
        .hasMessageContaining("c9:e1:ef:cf:35:68:70:32");
  }

  @Test
  void anotherKeyThatPassesItselfOffAsTheRightOneIsNoticed() throws Exception {
    ObjectNode document = document(ENCRYPTED);
    ((ObjectNode) document.get("unprotected"))
        .put("key-fingerprint", signingKey().fingerprint().toString());
    Snapshot snapshot = Golden.SNAPSHOTS.get(ENCRYPTED);
    byte[] json = bytes(document);

    assertThatThrownBy(() -> Manifest.parse(json, snapshot, signingKey()))
        .isInstanceOf(ForgedManifestException.class);
  }

  @Test
  void theManifestOfAnotherSnapshotIsRefusedAlthoughItsSignatureIsGood() {
    assertThatThrownBy(
            () ->
                Manifest.parse(
                    golden(ENCRYPTED), Golden.SNAPSHOTS.get(ENCRYPTED_LATER), encryptingKey()))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("expected the manifest of vm/encrypted/2023-11-14T22:15:00Z")
        .hasMessageContaining("found vm/encrypted/2023-11-14T22:13:20Z");
  }

  @Test
  void aMissingSignatureIsItsOwnRefusal() throws Exception {
    ObjectNode document = document(SIGNED);
    for (String kind : List.of("null", "missing")) {
      if (kind.equals("null")) {
        document.putNull("signature");
      } else {
        document.remove("signature");
      }
      byte[] json = bytes(document);
      assertThatThrownBy(() -> parseSigned(json))
          .isInstanceOf(UnsignedManifestException.class)
          .hasMessageContaining("not signed");
    }
    byte[] number = bytes(document.put("signature", 1));
    assertThatThrownBy(() -> parseSigned(number)).isInstanceOf(CorruptDataException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "\"sign-only\", \"none\"",
    "8913408, 8913409",
    "37, 38",
    "qemu-server.conf, qemu-server.xonf",
    "7e7a243f, 7e7a243e",
    "1700000000, 1700000001",
    "\"vm\", \"ct\"",
    "56349fc5, 56349FC5",
    "56349fc5, 46349fc5",
  })
  void whatIsSignedCannotBeChanged(String from, String to) throws Exception {
    String text = new String(golden(SIGNED), UTF_8);
    assertThat(text).contains(from);
    byte[] changed = text.replaceFirst(from, to).getBytes(UTF_8);
    assertThatThrownBy(() -> parseSigned(changed))
        .isInstanceOf(ForgedManifestException.class)
        .hasMessageContaining("changed after the backup");
  }

  /** Also a field that this version does not know. */
  @Test
  void nothingCanBeAddedToWhatIsSigned() throws Exception {
    byte[] more = bytes(document(SIGNED).put("later", 1));
    assertThatThrownBy(() -> parseSigned(more)).isInstanceOf(ForgedManifestException.class);
  }

  @Test
  void anyChangedByteIsNoticedUnlessTheServerMayWriteThere() throws Exception {
    byte[] json = golden(SIGNED);
    int unprotected = new String(json, UTF_8).indexOf("\"unprotected\"");
    int accepted = 0;
    for (int i = 0; i < json.length; i++) {
      byte[] changed = json.clone();
      changed[i] ^= 1;
      try {
        parseSigned(changed);
        // White space is no content: a line break (10) does not become one by this flip,
        // a space (32) does not either.
        assertThat(i).as("byte %d, %s", i, (char) json[i]).isGreaterThan(unprotected);
        accepted++;
      } catch (IOException e) {
        assertThat(e)
            .isInstanceOfAny(
                ForgedManifestException.class,
                UnsignedManifestException.class,
                WrongKeyException.class,
                CorruptDataException.class);
      }
    }
    assertThat(accepted).isLessThan(200);
  }

  @Test
  void whatTheServerAddsDoesNotBreakTheSignature() throws Exception {
    ObjectNode document = document(SIGNED);
    ((ObjectNode) document.get("unprotected")).put("notes", "\u00e4").put("later", 1);
    parseSigned(bytes(document));
  }

  @Test
  void theEncodedManifestHasNoSecret() throws Exception {
    EncryptionKey key = encryptingKey();
    Manifest manifest = Manifest.parse(golden(ENCRYPTED), Golden.SNAPSHOTS.get(ENCRYPTED), key);
    String json = new String(manifest.toJson(key), UTF_8);
    assertThat(json)
        .doesNotContain(HexFormat.of().formatHex(key.copyBytes()))
        .doesNotContain(Base64.getEncoder().encodeToString(key.copyBytes()));
  }

  @FuzzTest
  void noBytesPassThatWereNotSigned(byte[] bytes) {
    try {
      parseSigned(bytes);
    } catch (ForgedManifestException
        | UnsignedManifestException
        | WrongKeyException
        | CorruptDataException
        | UnsupportedDataException e) {
      return;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertThat(canonical(bytes)).isEqualTo(canonical(goldenSigned()));
  }

  private static byte[] goldenSigned() {
    try {
      return golden(SIGNED);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Of what is signed. */
  private static String canonical(byte[] json) {
    try {
      ObjectNode document = (ObjectNode) Answers.MAPPER.readTree(json);
      document.remove(List.of("unprotected", "signature"));
      return new String(CanonicalJson.write(document), UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
