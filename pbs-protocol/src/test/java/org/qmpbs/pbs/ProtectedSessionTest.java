package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.ChunkOpener;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.pbs.key.KeyFile;
import org.qmpbs.pbs.key.MasterPublicKey;
import org.qmpbs.pbs.key.Passphrase;

/** Snapshots of the real server, read and written with keys. */
@Timeout(60)
class ProtectedSessionTest {
  private static final String ENCRYPTED = "vm/encrypted/2023-11-14T221320Z";
  private static final String SIGNED = "vm/signed/2023-11-14T221320Z";
  private static final String PLAIN = "vm/plain/2023-11-14T221320Z";
  private static final String CONFIG = "qemu-server.conf.blob";
  private static final String IMAGE = "drive-scsi0.img.fidx";
  private static final EncryptionKey KEY = key("scrypt.json");
  private static final EncryptionKey SIGNER = key("none.json");

  private final List<H2Peer.Call> calls = new ArrayList<>();

  private static EncryptionKey key(String file) {
    try (Passphrase passphrase = Passphrase.of("golden-pass".toCharArray())) {
      return KeyFile.parse(Golden.read("keys/" + file)).unlock(passphrase);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A snapshot whose files a test may exchange. */
  private static FakePbs serving(String folder, String name, UnaryOperator<byte[]> change)
      throws Exception {
    return Sessions.answering(
        call -> {
          String file = call.query().get("file-name");
          byte[] golden = Golden.read(folder + "/" + file);
          return name.equals(file) ? change.apply(golden) : golden;
        });
  }

  private static UnaryOperator<byte[]> document(Consumer<ObjectNode> change) {
    return blob -> {
      try {
        ObjectNode root = ManifestJson.readObject(Blob.decode(blob, 1 << 20));
        change.accept(root);
        byte[] json = Answers.MAPPER.writeValueAsBytes(root);
        return Blob.encode(json, 0, json.length);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    };
  }

  private static Manifest manifest(String folder, ReadKey key, Consumer<ObjectNode> change)
      throws Exception {
    try (FakePbs server = serving(folder, Manifest.NAME, document(change));
        ReaderSession reader = reader(server, folder, key)) {
      return reader.manifest();
    }
  }

  private static ReaderSession reader(FakePbs server, String folder, ReadKey key) throws Exception {
    return Sessions.pinned(server).startReader(Namespace.ROOT, Golden.SNAPSHOTS.get(folder), key);
  }

  private static byte[] blob(String folder, ReadKey key, UnaryOperator<byte[]> change)
      throws Exception {
    try (FakePbs server = serving(folder, CONFIG, change);
        ReaderSession reader = reader(server, folder, key)) {
      return reader.blob(reader.manifest(), CONFIG);
    }
  }

  @Test
  void aBlobOfTheRealServerIsOpenedWithItsKey() throws Exception {
    assertThat(blob(ENCRYPTED, ReadKey.named(KEY), blob -> blob)).hasSize(25);
    assertThat(blob(SIGNED, ReadKey.named(SIGNER), blob -> blob)).hasSize(25);
    assertThat(blob(SIGNED, ReadKey.NONE, blob -> blob)).hasSize(25);
  }

  @Test
  void theCopyForTheMasterKeyIsReadThoughTheManifestCallsItEncrypted() throws Exception {
    try (FakePbs server = serving(ENCRYPTED, "", blob -> blob);
        ReaderSession reader = reader(server, ENCRYPTED, ReadKey.NONE)) {
      assertThat(reader.blob(reader.manifest(), MasterPublicKey.BLOB)).hasSize(512);
    }
  }

  @Test
  void withoutAKeyTheRefusalSaysWhichIsNeeded() {
    assertThatThrownBy(() -> blob(ENCRYPTED, ReadKey.NONE, blob -> blob))
        .isInstanceOf(WrongKeyException.class)
        .hasMessageContaining(KEY.fingerprint().shortForm() + ", none is given");
  }

  @Test
  void anotherKeyIsRefusedWhoeverChoseIt() {
    for (ReadKey key : List.of(ReadKey.named(SIGNER), ReadKey.byDefault(SIGNER))) {
      assertThatThrownBy(() -> manifest(ENCRYPTED, key, root -> {}))
          .isInstanceOf(WrongKeyException.class)
          .hasMessageContaining(KEY.fingerprint().shortForm())
          .hasMessageContaining(SIGNER.fingerprint().shortForm());
    }
  }

  @Test
  void whatAnotherKeyOnlySignedIsReadWithADefaultKeyAsIfThereWereNone() throws Exception {
    Manifest read = manifest(SIGNED, ReadKey.byDefault(KEY), root -> {});
    assertThat(read.voucher())
        .isEqualTo(new Voucher(Voucher.State.UNPROVEN, Optional.of(SIGNER.fingerprint())));
    assertThat(blob(SIGNED, ReadKey.byDefault(KEY), blob -> blob)).hasSize(25);
    // A backup builds on nothing of another key's, and who names one wants it proven.
    for (ReadKey key : List.of(ReadKey.named(KEY), Protection.signed(KEY).readEarlier())) {
      assertThatThrownBy(() -> manifest(SIGNED, key, root -> {}))
          .isInstanceOf(WrongKeyException.class);
    }
    assertThatThrownBy(
            () -> manifest(SIGNED, ReadKey.byDefault(KEY), root -> root.putNull("signature")))
        .as("names a key that signed nothing")
        .isInstanceOf(WrongKeyException.class);
    assertThatThrownBy(
            () ->
                manifest(
                    SIGNED,
                    ReadKey.byDefault(KEY),
                    root -> ((ObjectNode) root.at("/files/0")).put("crypt-mode", "encrypt")))
        .as("one encrypted file")
        .isInstanceOf(WrongKeyException.class);
  }

  /** An empty signature, or one of a key that is not named, is one that is wrong. */
  @Test
  void aSignatureThatSaysLittleIsNoneTheLessToBeProven() {
    for (ReadKey key : List.of(ReadKey.named(KEY), ReadKey.byDefault(KEY))) {
      assertThatThrownBy(() -> manifest(ENCRYPTED, key, root -> root.put("signature", "")))
          .isInstanceOf(ForgedManifestException.class);
      assertThatThrownBy(() -> manifest(SIGNED, key, root -> root.putObject("unprotected")))
          .isInstanceOf(ForgedManifestException.class);
    }
  }

  @Test
  void anUnsignedManifestPassesADefaultKeyOnlyAndOnlyIfItClaimsNothing() throws Exception {
    assertThat(manifest(PLAIN, ReadKey.byDefault(KEY), root -> {}).voucher())
        .isEqualTo(Voucher.NOBODY);
    assertThatThrownBy(() -> manifest(PLAIN, ReadKey.named(KEY), root -> {}))
        .isInstanceOf(UnsignedManifestException.class);
    assertThatThrownBy(
            () -> manifest(ENCRYPTED, ReadKey.byDefault(KEY), root -> root.putNull("signature")))
        .isInstanceOf(UnsignedManifestException.class);
    assertThatThrownBy(
            () ->
                manifest(
                    ENCRYPTED,
                    ReadKey.byDefault(KEY),
                    root -> root.putNull("signature").putObject("unprotected")))
        .isInstanceOf(UnsignedManifestException.class);
  }

  @Test
  void aChangedManifestIsForged() {
    for (ReadKey key : List.of(ReadKey.named(KEY), ReadKey.byDefault(KEY))) {
      assertThatThrownBy(
              () ->
                  manifest(
                      ENCRYPTED,
                      key,
                      root ->
                          root.withArray("/files")
                              .forEach(file -> ((ObjectNode) file).put("crypt-mode", "none"))))
          .isInstanceOf(ForgedManifestException.class);
    }
  }

  /** Without the key anybody can make a plain blob, and on the server a manifest that lists it. */
  @Test
  void aPlainBlobInThePlaceOfAnEncryptedOneIsRefused() throws Exception {
    byte[] plain = Blob.encode(new byte[25], 0, 25);
    Manifest listing =
        new Manifest(
            Golden.SNAPSHOTS.get(ENCRYPTED),
            List.of(
                new ManifestFile(CONFIG, CryptMode.ENCRYPT, plain.length, Digest.sha256(plain))));
    try (FakePbs server = serving(ENCRYPTED, CONFIG, blob -> plain);
        ReaderSession reader = reader(server, ENCRYPTED, ReadKey.named(KEY))) {
      assertThatThrownBy(() -> reader.blob(listing, CONFIG))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining("expected an encrypted blob");
    }
  }

  private static final Snapshot NEXT = Snapshot.parse("vm/encrypted/2024-01-01T00:00:00Z");

  private FakePbs taking() throws Exception {
    return Sessions.answering(
        call -> {
          calls.add(call);
          String data =
              switch (call.path()) {
                case "fixed_index" -> call.method().equals("POST") ? "7" : "null";
                case "fixed_chunk" -> "\"" + call.query().get("digest") + "\"";
                default -> "null";
              };
          return ("{\"data\":" + data + "}").getBytes(StandardCharsets.UTF_8);
        });
  }

  @ParameterizedTest
  @EnumSource
  void aSessionProtectsAllThatItWritesInItsMode(CryptMode mode) throws Exception {
    SecureRandom random = new SecureRandom();
    Protection protection =
        switch (mode) {
          case NONE -> Protection.NONE;
          case SIGN_ONLY -> Protection.signed(KEY);
          case ENCRYPT -> Protection.encrypted(KEY, random);
        };
    byte[] content = "content of a file".getBytes(StandardCharsets.UTF_8);
    try (FakePbs server = taking();
        BackupSession session =
            Sessions.pinned(server).startBackup(Namespace.ROOT, NEXT, protection)) {
      Digest name = protection.names().of(content, 0, content.length);
      byte[] chunk = protection.sealer().seal(content);
      FixedIndexWriter writer = session.createIndex(IMAGE, content.length);
      writer.uploadChunk(name, content.length, chunk, chunk.length);
      writer.append(List.of(new IndexEntry(0, name)));
      List<ManifestFile> files = new ArrayList<>();
      files.add(writer.close(Digest.sha256(name.toBytes())));
      files.add(session.uploadBlob("conf.blob", content));
      if (mode == CryptMode.ENCRYPT) {
        files.add(session.uploadKeyCopy(content));
      } else {
        assertThatThrownBy(() -> session.uploadKeyCopy(content))
            .isInstanceOf(IllegalStateException.class);
      }
      session.finish(new Manifest(NEXT, files));
    }
    assertThat(calls)
        .filteredOn(call -> call.path().equals("blob") || call.path().equals("fixed_chunk"))
        .allSatisfy(call -> assertEncryptedAsNeeded(call, mode));
    byte[] json = Blob.decode(uploaded(Manifest.NAME), 1 << 20);
    ReadKey key = protection.readOwn();
    Manifest manifest = Manifest.parse(json, NEXT, key);
    assertThat(manifest.files()).allMatch(file -> file.cryptMode() == mode);
    assertThat(protection.isKeyOf(manifest)).isTrue();
    ChunkOpener opener = key.opener(manifest, manifest.file("conf.blob").orElseThrow());
    assertThat(opener.open(uploaded("conf.blob"), 100)).isEqualTo(content);
  }

  private static void assertEncryptedAsNeeded(H2Peer.Call call, CryptMode mode)
      throws CorruptDataException {
    String name = Optional.ofNullable(call.query().get("file-name")).orElse("");
    boolean never = name.equals(Manifest.NAME) || name.equals(MasterPublicKey.BLOB);
    assertThat(Blob.verifyEnvelope(call.body()).isEncrypted())
        .as(call.path() + " " + name)
        .isEqualTo(mode == CryptMode.ENCRYPT && !never);
  }

  private byte[] uploaded(String name) {
    return calls.stream()
        .filter(call -> name.equals(call.query().get("file-name")))
        .findFirst()
        .orElseThrow()
        .body();
  }

  @Test
  void aProtectionKnowsItsOwnSnapshotsOnly() throws Exception {
    Manifest encrypted = manifest(ENCRYPTED, ReadKey.byDefault(KEY), root -> {});
    Manifest unproven = manifest(ENCRYPTED, ReadKey.NONE, root -> {});
    Manifest plain = manifest(PLAIN, ReadKey.byDefault(KEY), root -> {});
    Protection ours = Protection.signed(KEY);
    assertThat(ours.isKeyOf(encrypted)).isTrue();
    assertThat(ours.isKeyOf(unproven)).isFalse();
    assertThat(ours.isKeyOf(plain)).isFalse();
    assertThat(Protection.NONE.isKeyOf(plain)).isTrue();
    assertThat(Protection.NONE.isKeyOf(unproven)).isFalse();
  }
}
