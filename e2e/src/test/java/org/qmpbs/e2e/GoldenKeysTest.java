package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.pbs.Timeouts;

/** Snapshots that a real client encrypted or signed, read with the keys it had, and with others. */
@DisabledIfEnvironmentVariable(
    named = "QMPBS_E2E_REPOSITORY",
    matches = ".+",
    disabledReason = "the golden datastore is served by the embedded server")
class GoldenKeysTest {
  private static final String DISK_1 =
      "21c59b63f34c221db25047f2f508d143b97e3ac91a876280aad7ef6ed4603417";
  private static final String DISK_2 =
      "47fb8c39fff71ff4c393bc8fd524dafa0e751c98b17f08c0a6ff0de05c736616";
  private static final String ENCRYPTED = "vm/encrypted/2023-11-14T22:13:20Z";
  private static final String LATER = "vm/encrypted/2023-11-14T22:15:00Z";
  private static final String SIGNED = "vm/signed/2023-11-14T22:13:20Z";
  private static final String PLAIN = "vm/plain/2023-11-14T22:13:20Z";
  private static final String IMAGE = "drive-scsi0.img";

  private static final String PASSPHRASE = "golden-pass";
  private static final String NEEDED = "2d:f0:29:b2:af:dc:1a:8f";
  private static final String SIGNER = "c9:e1:ef:cf:35:68:70:32";

  private final Map<String, String> environment = new TreeMap<>();
  @TempDir Path folder;
  private TestServer server;
  private Path target;

  @BeforeEach
  void serveACopy() {
    server = TestServer.serveGolden(folder);
    environment.putAll(server.environment());
    environment.put("PBS_ENCRYPTION_PASSWORD", PASSPHRASE);
    target = folder.resolve("restored");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Outcome run(String... arguments) {
    Outcome outcome = new InProcess(environment, Timeouts.DEFAULT).run(arguments);
    assertThat(outcome.out() + outcome.err()).doesNotContain(PASSPHRASE);
    return outcome;
  }

  private Outcome restore(String snapshot, String archive, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("restore", snapshot, archive, target.toString()));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  private static String[] keyfile(String name) {
    return new String[] {"--keyfile", Golden.key(name).toString()};
  }

  private void refused(Outcome outcome, int code, String... texts) {
    outcome.assertExit(code);
    assertThat(outcome.err()).contains(texts);
    assertThat(target).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    ENCRYPTED + ", scrypt.json, " + DISK_1,
    LATER + ", scrypt.json, " + DISK_2,
    SIGNED + ", none.json, " + DISK_1
  })
  void everyArchiveRestoresWithItsKey(String snapshot, String key, String sha256)
      throws IOException {
    Outcome outcome = restore(snapshot, IMAGE, keyfile(key)).assertDone();
    assertThat(Checksums.sha256(target)).isEqualTo(sha256);
    assertThat(outcome.err()).doesNotContain("vouches", "not signed");
    Files.delete(target);
    restore(snapshot, "qemu-server.conf", keyfile(key)).assertDone();
    assertThat(target).hasSize(25);
  }

  @Test
  void aqcow2OfAnEncryptedImageHasTheHolesOfThePlainOne() throws IOException {
    target = folder.resolve("plain.qcow2");
    restore(PLAIN, IMAGE).assertDone();
    Path plain = target;
    target = folder.resolve("encrypted.qcow2");
    restore(ENCRYPTED, IMAGE, keyfile("scrypt.json")).assertDone();
    assertThat(Checksums.sha256(target)).isEqualTo(Checksums.sha256(plain));
  }

  @Test
  void theDefaultKeyIsUsedWhereNoneIsNamed() throws IOException {
    makeDefault("scrypt.json");
    restore(ENCRYPTED, IMAGE).assertDone();
    assertThat(Checksums.sha256(target)).isEqualTo(DISK_1);
  }

  private void makeDefault(String key) throws IOException {
    Path file = folder.resolve("config/proxmox-backup/encryption-key.json");
    Files.createDirectories(file.getParent());
    Files.copy(Golden.key(key), file);
    environment.put("XDG_CONFIG_HOME", folder.resolve("config").toString());
  }

  @Test
  void theCopyForTheMasterKeyGivesTheKeyBack() {
    target = folder.resolve("rsa");
    restore(ENCRYPTED, "rsa-encrypted.key").assertDone();
    environment.put("PBS_MASTER_PASSWORD", "master-pass");
    Path key = folder.resolve("key.json");
    String info =
        run(
                "key",
                "import-with-master-key",
                key.toString(),
                "--kdf=none",
                "--master-keyfile",
                Golden.key("master-private.pem").toString(),
                "--encrypted-keyfile",
                target.toString())
            .assertDone()
            .out();
    assertThat(info).contains(NEEDED);
    target = folder.resolve("restored");
    restore(ENCRYPTED, IMAGE, "--keyfile", key.toString()).assertDone();
  }

  // Refusals, each its own.

  @Test
  void withoutAKeyTheNeededOneIsNamed() {
    refused(restore(ENCRYPTED, IMAGE), 4, "made with key " + NEEDED + ", none is given", "keyfile");
  }

  @Test
  void anotherKeyIsRefusedWithBothNames() {
    refused(restore(ENCRYPTED, IMAGE, keyfile("none.json")), 4, NEEDED, SIGNER);
    refused(restore(SIGNED, IMAGE, keyfile("scrypt.json")), 4, NEEDED, SIGNER);
  }

  @Test
  void aWrongPassphraseIsAskedForAgainByItsHint() {
    environment.put("PBS_ENCRYPTION_PASSWORD", "something-else");
    refused(restore(ENCRYPTED, IMAGE, keyfile("scrypt.json")), 4, "golden");
    environment.remove("PBS_ENCRYPTION_PASSWORD");
    refused(restore(ENCRYPTED, IMAGE, keyfile("scrypt.json")), 2, "no passphrase");
  }

  @Test
  void aSignedSnapshotIsReadWithoutAKeyWithANote() throws IOException {
    Outcome outcome = restore(SIGNED, IMAGE).assertDone();
    assertThat(outcome.err()).contains(SIGNER, "nothing vouches for it");
    assertThat(Checksums.sha256(target)).isEqualTo(DISK_1);
  }

  @Test
  void anUnsignedSnapshotIsRefusedByANamedKeyAndWarnedOfByTheDefaultOne() throws IOException {
    refused(restore(PLAIN, IMAGE, keyfile("none.json")), 10, "not signed", "without one");
    makeDefault("none.json");
    assertThat(restore(PLAIN, IMAGE).assertDone().err()).contains("warning", "is not signed");
  }

  @Test
  void whatAnotherKeySignedIsReadWithTheDefaultKeyWithAWarning() throws IOException {
    makeDefault("scrypt.json");
    Outcome outcome = restore(SIGNED, IMAGE).assertDone();
    assertThat(outcome.err()).contains("warning", SIGNER, NEEDED, "nothing vouches for it");
    assertThat(Checksums.sha256(target)).isEqualTo(DISK_1);
    assertThat(run("verify", SIGNED).assertDone().err()).contains("nothing vouches for it");
    assertThat(run("diff", SIGNED, PLAIN).assertDone().err())
        .contains("nothing vouches for it", "is not signed");
    Files.delete(target);
    Files.delete(folder.resolve("config/proxmox-backup/encryption-key.json"));
    Files.copy(
        Golden.key("none.json"), folder.resolve("config/proxmox-backup/encryption-key.json"));
    refused(restore(ENCRYPTED, IMAGE), 4, NEEDED, SIGNER);
  }

  @Test
  void aPlainSnapshotNeedsNoPassphraseOnTheWorstDay() throws IOException {
    makeDefault("scrypt.json");
    environment.remove("PBS_ENCRYPTION_PASSWORD");
    refused(restore(PLAIN, IMAGE), 2, "no passphrase", "--crypt-mode none");
    restore(PLAIN, IMAGE, "--crypt-mode", "none").assertDone();
    assertThat(Checksums.sha256(target)).isEqualTo(DISK_1);
    run("verify", PLAIN, "--crypt-mode", "none").assertDone();
    run("diff", PLAIN, SIGNED, "--crypt-mode", "none").assertDone();
    Files.delete(target);
    refused(restore(ENCRYPTED, IMAGE, "--crypt-mode", "none"), 4, NEEDED, "none is given");
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 20, 40, 100})
  void aFlippedBitInAChunkIsDamage(int offset) throws IOException {
    byte[] chunk = Files.readAllBytes(firstChunk());
    chunk[offset] ^= 1;
    Files.write(firstChunk(), chunk);
    refused(restore(ENCRYPTED, IMAGE, keyfile("scrypt.json")), 10, "is damaged: chunk 0");
  }

  @Test
  void aPlainChunkInThePlaceOfAnEncryptedOneIsDamage() throws IOException {
    byte[] plain = new byte[4 << 20];
    Files.write(firstChunk(), Blob.encode(plain, 0, plain.length));
    refused(restore(ENCRYPTED, IMAGE, keyfile("scrypt.json")), 10, "expected an encrypted blob");
  }

  private Path firstChunk() throws IOException {
    Path index = server.datastore().resolve(ENCRYPTED).resolve(IMAGE + ".fidx");
    String digest = FixedIndex.parse(Files.readAllBytes(index)).digest(0).hex();
    return server.datastore().resolve(".chunks").resolve(digest.substring(0, 4)).resolve(digest);
  }

  private void changeManifest(String snapshot, Consumer<ObjectNode> change) throws IOException {
    Path file = server.datastore().resolve(snapshot).resolve("index.json.blob");
    ObjectMapper json = new ObjectMapper();
    JsonNode root = json.readTree(Blob.decode(Files.readAllBytes(file), 1 << 20));
    change.accept((ObjectNode) root);
    byte[] changed = json.writeValueAsBytes(root);
    Files.write(file, Blob.encode(changed, 0, changed.length));
  }

  @Test
  void aManifestThatWasChangedIsForged() throws IOException {
    changeManifest(
        ENCRYPTED,
        root -> root.withArray("/files").forEach(file -> ((ObjectNode) file).put("more", 1)));
    refused(restore(ENCRYPTED, IMAGE, keyfile("scrypt.json")), 10, "signature", "changed after");
  }

  @Test
  void aSignatureThatWasTakenAwayIsMissedAlsoByTheDefaultKey() throws IOException {
    changeManifest(SIGNED, root -> root.putNull("signature"));
    refused(restore(SIGNED, IMAGE, keyfile("none.json")), 10, "not signed");
    makeDefault("none.json");
    refused(restore(SIGNED, IMAGE), 10, "not signed");
  }

  @Test
  void theManifestOfAnotherSnapshotIsRefused() throws IOException {
    Path folderOfOne = server.datastore().resolve(ENCRYPTED);
    Path folderOfOther = server.datastore().resolve(LATER);
    for (String name : List.of("index.json.blob", IMAGE + ".fidx")) {
      Files.write(folderOfOne.resolve(name), Files.readAllBytes(folderOfOther.resolve(name)));
    }
    refused(
        restore(ENCRYPTED, IMAGE, keyfile("scrypt.json")),
        10,
        "expected the manifest of " + ENCRYPTED + ", found " + LATER);
  }

  // Looking.

  @Test
  void aCheckSaysWhatTheKeyOpens() {
    String[] key = keyfile("scrypt.json");
    String text = run("key", "check", ENCRYPTED, key[0], key[1]).assertDone().out();
    assertThat(text)
        .contains(
            "Key " + NEEDED + " signed " + ENCRYPTED,
            "It opens qemu-server.conf.blob.",
            "It opens chunk 0 of drive-scsi0.img.fidx.");
    JsonNode json =
        run("key", "check", ENCRYPTED, key[0], key[1], "--output-format", "json")
            .assertDone()
            .summary();
    assertThat(json.path("fingerprint").asText()).startsWith(NEEDED);
    assertThat(json.path("chunk").asInt(-1)).isZero();
    key = keyfile("none.json");
    assertThat(run("key", "check", SIGNED, key[0], key[1]).assertDone().out())
        .contains("Nothing in it is encrypted.");
    assertThat(run("key", "check", ENCRYPTED, key[0], key[1]).assertExit(4).err())
        .contains(NEEDED, SIGNER);
    run("key", "check", PLAIN, key[0], key[1]).assertExit(10);
    assertThat(run("key", "check", ENCRYPTED).assertExit(3).err()).contains("no key was named");
  }

  @Test
  void aCheckFindsAChunkThatDoesNotOpen() throws IOException {
    byte[] chunk = Files.readAllBytes(firstChunk());
    chunk[20] ^= 1;
    Files.write(firstChunk(), chunk);
    String[] key = keyfile("scrypt.json");
    run("key", "check", ENCRYPTED, key[0], key[1]).assertExit(10);
  }

  @Test
  void listsShowWhichKeyIsNeeded() {
    assertThat(run("snapshots", "vm/encrypted").assertDone().out()).contains(NEEDED);
    assertThat(run("files", ENCRYPTED).assertDone().out()).contains("encrypt " + NEEDED);
    assertThat(
            run("files", ENCRYPTED, "--output-format", "json")
                .assertDone()
                .summary()
                .path("fingerprint")
                .asText())
        .startsWith(NEEDED)
        .hasSize(95);
  }
}
