package org.qmpbs.client.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.client.key.Passphrases;
import org.qmpbs.pbs.key.KeyFile;
import org.qmpbs.pbs.key.MasterPrivateKey;
import org.qmpbs.pbs.key.Passphrase;

class KeyCommandTest {
  private static final String OLD = "canary-old-pass";
  private static final String NEW = "canary-new-pass";
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir private Path folder;
  private final TestHost host = new TestHost();
  private Path file;
  private Path defaultFile;

  @BeforeEach
  void environment() {
    file = folder.resolve("key.json");
    defaultFile = folder.resolve("config/proxmox-backup/encryption-key.json");
    host.environment.put("XDG_CONFIG_HOME", folder.resolve("config").toString());
    host.environment.put("XDG_CONFIG_DIRS", folder.resolve("shared").toString());
    host.environment.put("PBS_ENCRYPTION_PASSWORD", OLD);
    host.environment.put("PBS_NEW_ENCRYPTION_PASSWORD", NEW);
    host.environment.put("PBS_MASTER_PASSWORD", NEW);
  }

  private static Passphrase pass(String text) {
    return Passphrase.of(text.toCharArray());
  }

  private JsonNode summary() throws IOException {
    return new ObjectMapper().readTree(host.out());
  }

  private String fingerprint(Path path) throws IOException {
    assertThat(host.run("key", "info", path.toString(), "--output-format=json")).isZero();
    return summary().path("fingerprint").asText();
  }

  @Test
  void aNewKeyIsForItsOwnerOnlyAndIsNeverOverwritten() throws Exception {
    assertThat(host.run("key", "create", "--kdf", "pbkdf2", "--hint", "as always")).isZero();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(defaultFile)))
        .isEqualTo("rw-------");
    try (EncryptionKey key = KeyFile.read(defaultFile).unlock(pass(NEW))) {
      assertThat(host.out())
          .contains(key.fingerprint().toString(), "as always", "pbkdf2", defaultFile.toString());
    }
    byte[] before = Files.readAllBytes(defaultFile);
    assertThat(host.run("key", "create")).isEqualTo(11);
    assertThat(host.err()).contains("already");
    assertThat(defaultFile).hasBinaryContent(before);
  }

  @Test
  void aChangedPassphraseLeavesTheKeyItsAgeAndAnOwnerOnlyFile() throws Exception {
    assertThat(host.run("key", "create", file.toString(), "--kdf", "none")).isZero();
    String fingerprint = fingerprint(file);

    assertThat(host.run("key", "change-passphrase", file.toString(), "--kdf", "pbkdf2")).isZero();
    assertThat(fingerprint(file)).isEqualTo(fingerprint);
    assertThat(host.run("key", "change-passphrase", file.toString(), "--kdf", "none"))
        .as("the present passphrase is another one")
        .isEqualTo(4);
    assertThat(host.err()).contains("wrong passphrase, or the key file is damaged");
    host.environment.put("PBS_ENCRYPTION_PASSWORD", NEW);
    assertThat(host.run("key", "change-passphrase", file.toString(), "--kdf", "none")).isZero();

    assertThat(KeyFile.read(file).unlock().fingerprint()).hasToString(fingerprint);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aKeyThatOthersCanReadIsWarnedOfWhereverItIsLookedAt() throws Exception {
    assertThat(host.run("key", "create", file.toString(), "--kdf", "none")).isZero();
    assertThat(host.run("key", "info", file.toString())).isZero();
    assertThat(host.err()).isEmpty();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(host.run("key", "info", file.toString())).isZero();
    assertThat(host.err()).contains("warning", "(rw-r--r--)", "chmod 600 " + file);
  }

  @Test
  void aSnapshotsKeyComesBackWithTheMasterKey() throws Exception {
    MasterPrivateKey master = MasterPrivateKey.generate(3072, RANDOM);
    Path privateFile = Files.write(folder.resolve("private"), master.toPem(pass(NEW), RANDOM));
    Path publicFile = Files.write(folder.resolve("public"), master.publicKey().toPem());
    EncryptionKey key = EncryptionKey.generate(RANDOM);
    Instant created = Instant.parse("2024-02-29T12:00:00Z");
    KeyFile plain =
        KeyFile.unprotected(key, new KeyFile.Details(created, created, Optional.empty()));
    Path encrypted = Files.write(folder.resolve("rsa"), master.publicKey().encrypt(plain, RANDOM));
    String[] command = {
      "key",
      "import-with-master-key",
      "--kdf=none",
      "--master-keyfile=" + privateFile,
      "--encrypted-keyfile=" + encrypted
    };

    host.environment.put("PBS_MASTER_PASSWORD", OLD);
    assertThat(host.run(command)).isEqualTo(4);
    assertThat(defaultFile).doesNotExist();
    host.environment.put("PBS_MASTER_PASSWORD", NEW);
    assertThat(host.run(command)).as(host::err).isZero();
    assertThat(KeyFile.read(defaultFile).unlock()).isEqualTo(key);
    assertThat(KeyFile.read(defaultFile).created()).isEqualTo(created);
    assertThat(host.run(command)).isEqualTo(11);
    byte[] raw = Files.readAllBytes(encrypted);
    Files.write(encrypted, Blob.encode(raw, 0, raw.length));
    Files.delete(defaultFile);
    assertThat(host.run(command)).as("a blob of a datastore").isZero();
    assertThat(KeyFile.read(defaultFile).unlock()).isEqualTo(key);

    assertThat(host.run("key", "import-master-pubkey", publicFile.toString())).isZero();
    assertThat(host.run("key", "show-master-pubkey", "--output-format", "json")).isZero();
    assertThat(summary().path("length").asInt()).isEqualTo(3072);
    assertThat(summary().path("exponent").asText()).isEqualTo("65537");
    assertThat(host.run("key", "import-master-pubkey", privateFile.toString())).isEqualTo(10);
  }

  @Test
  void theDefaultKeyIsLookedForAsTheOfficialClientDoes() throws Exception {
    assertThat(host.run("key", "info")).isEqualTo(3);
    assertThat(host.err()).contains("no key was named, and there is no default one");
    Path shared = folder.resolve("shared/proxmox-backup/encryption-key.json");
    Files.createDirectories(shared.getParent());
    assertThat(host.run("key", "create", shared.toString(), "--kdf=none")).isZero();
    assertThat(host.run("key", "info")).isZero();
    assertThat(host.out()).contains(shared.toString());
    assertThat(host.run("key", "create", "--kdf=none")).isZero();
    assertThat(host.run("key", "info")).isZero();
    assertThat(host.out()).contains(defaultFile.toString());
  }

  @Test
  void whatDoesNotGoTogetherIsRefusedBeforeAnythingIsMade() {
    assertThat(host.run("key")).isEqualTo(2);
    assertThat(host.run("key", "create", "--kdf", "md5")).isEqualTo(2);
    assertThat(host.run("key", "create", "--kdf", "none", "--hint", "x")).isEqualTo(2);
    assertThat(host.run("key", "create", "--hint", "x".repeat(65))).isEqualTo(2);
    host.environment.put("PBS_NEW_ENCRYPTION_PASSWORD", "1234");
    assertThat(host.run("key", "create", "--kdf", "pbkdf2")).isEqualTo(4);
    assertThat(host.err()).contains("too short");
    host.environment.remove("PBS_NEW_ENCRYPTION_PASSWORD");
    assertThat(host.run("key", "create")).isEqualTo(2);
    assertThat(host.err()).contains("no terminal to ask", "PBS_NEW_ENCRYPTION_PASSWORD_FILE");
    assertThat(defaultFile).doesNotExist();
  }

  @Test
  void aPassphraseThatIsTypedIsTypedTwiceWhenItIsNew() throws Exception {
    Passphrases same = new Passphrases(java.util.Map.of(), prompt -> NEW.toCharArray());
    try (Passphrase typed = same.get(Passphrases.Which.NEW)) {
      assertThat(typed.sameAs(pass(NEW))).isTrue();
    }
    Passphrases different =
        new Passphrases(
            java.util.Map.of(), prompt -> (prompt.startsWith("Once") ? OLD : NEW).toCharArray());
    different.get(Passphrases.Which.KEY).close();
    assertThatThrownBy(() -> different.get(Passphrases.Which.NEW))
        .isInstanceOf(Passphrases.PassphraseMissingException.class)
        .hasMessage("the two passphrases differ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"html", "text"})
  void theKeyOnPaperIsTheFile(String form) throws Exception {
    assertThat(host.run("key", "create", file.toString(), "--kdf=none")).isZero();
    assertThat(host.run("key", "paperkey", file.toString(), "--paper", form, "--subject", "a<b"))
        .isZero();
    String page = host.out().replace("&quot;", "\"");
    int start = page.indexOf("KEY-----\n") + 9;
    String key = page.substring(start, page.indexOf("-----END PROXMOX BACKUP KEY"));

    assertThat(KeyFile.parse(key.getBytes(US_ASCII)).unlock())
        .isEqualTo(KeyFile.read(file).unlock());
    assertThat(page).contains("Subject: a").contains(form.equals("html") ? "a&lt;b" : "a<b");
    assertThat(page).contains(form.equals("html") ? "data:image/svg+xml;base64," : "\u2588\u2580");
  }

  @Test
  void aMasterKeyOnPaperIsNumberedLines() throws Exception {
    byte[] pem = MasterPrivateKey.generate(2048, RANDOM).toPem(pass(NEW), RANDOM);
    Files.write(file, pem);
    assertThat(host.run("key", "paperkey", file.toString(), "--paper", "text")).isZero();
    List<String> lines =
        host.out().lines().filter(l -> l.matches("\\d\\d: .*")).map(l -> l.substring(4)).toList();
    assertThat(String.join("\n", lines) + "\n").isEqualTo(new String(pem, US_ASCII));
  }

  /** Whatever goes well or wrong, and however much is asked to be shown. */
  @Test
  void noCommandButPaperkeyShowsAKeyOrAPassphrase() throws Exception {
    assertThat(host.run("key", "create", file.toString(), "--kdf=none")).isZero();
    byte[] key = KeyFile.read(file).unlock().copyBytes();
    String json = Files.readString(file);
    Path broken = Files.writeString(folder.resolve("broken"), json.replace("{\"kdf\":null", "{k"));
    Path bare = Files.writeString(folder.resolve("bare"), Base64.getEncoder().encodeToString(key));
    Path cut = Files.writeString(folder.resolve("cut"), json.replace("=\"", "\""));
    Path odd = Files.writeString(folder.resolve("odd"), json.replace("=\"", "!\""));
    Path locked = folder.resolve("locked");
    assertThat(host.run("key", "create", locked.toString(), "--kdf=pbkdf2")).isZero();
    StringBuilder shown = new StringBuilder();
    for (Path path : List.of(file, broken, bare, cut, odd, locked, folder)) {
      for (String command :
          List.of("info", "change-passphrase", "show-master-pubkey", "import-master-pubkey")) {
        for (String format : List.of("text", "json")) {
          String[] args = {"key", command, path.toString(), "--debug", "--output-format", format};
          host.run(args);
          shown.append(host.out()).append(host.err());
        }
      }
    }
    String everything = shown.toString();
    assertThat(everything)
        .contains("wrong passphrase")
        .doesNotContain(OLD, NEW)
        .doesNotContain(HexFormat.of().formatHex(key))
        .doesNotContain(Arrays.toString(key));
    String base64 = Base64.getEncoder().encodeToString(key);
    for (int i = 0; i + 12 <= base64.length(); i++) {
      assertThat(everything).doesNotContain(base64.substring(i, i + 12));
    }
  }
}
