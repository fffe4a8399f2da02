package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.chunker.AuthenticationFailedException;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.BlobKind;
import org.qmpbs.chunker.ChunkOpener;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.pbs.key.KeyFile;

/** A live machine is backed up and restored with keys, which change in between. */
@DisabledIfEnvironmentVariable(
    named = "QMPBS_E2E_REPOSITORY",
    matches = ".+",
    disabledReason = "looks at the files of the embedded server's datastore")
class KeysRoundTripTest {
  private static final int MIB = 1 << 20;
  private static final String PASSPHRASE = "a-passphrase-of-the-test";

  @TempDir Path folder;
  private TestServer server;
  private Stage stage;

  @BeforeEach
  void start() throws IOException {
    server = TestServer.start(folder.resolve("server"));
    Path secret = Files.writeString(folder.resolve("secret"), PASSPHRASE + "\n");
    stage =
        new Stage(folder, server)
            .with("XDG_CONFIG_HOME", folder.resolve("config").toString())
            .with("PBS_ENCRYPTION_PASSWORD_FILE", secret.toString())
            .with("PBS_NEW_ENCRYPTION_PASSWORD_FILE", secret.toString());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private QemuMachine machine() {
    QemuMachine machine =
        QemuMachine.in(folder).disk(DiskPlan.of("alpha", ImageFormat.QCOW2, 41 * MIB)).start();
    machine.disks().forEach(disk -> Stage.fill(disk, 0, 8 * MIB));
    return machine;
  }

  private static void write(QemuMachine machine, int chunk) {
    machine.disks().forEach(disk -> disk.write(chunk * 4L * MIB + 100, 3000));
  }

  private static DiskOutcome only(Outcome outcome, QemuMachine machine) {
    return outcome.disk(machine.disks().get(0).plan());
  }

  private List<BlobKind> chunkKinds() throws IOException {
    try (Stream<Path> files = Files.walk(server.datastore().resolve(".chunks"))) {
      return files
          .filter(Files::isRegularFile)
          .map(
              file -> {
                try {
                  return Blob.verifyEnvelope(Files.readAllBytes(file));
                } catch (IOException problem) {
                  throw new java.io.UncheckedIOException(problem);
                }
              })
          .toList();
    }
  }

  private String key(String name) {
    Path path = folder.resolve(name);
    stage.qmpbs().run("key", "create", path.toString(), "--kdf", "none").assertDone();
    return path.toString();
  }

  private void assertNoSecretShown(Outcome outcome) {
    assertThat(outcome.out() + outcome.err()).doesNotContain(PASSPHRASE);
  }

  @Test
  void anEncryptedMachineComesBackAndItsKeyMayChange() throws IOException {
    try (QemuMachine machine = machine()) {
      // The default key, with a passphrase.
      stage.qmpbs().run("key", "create").assertDone();
      Outcome first = stage.backup(machine);
      assertNoSecretShown(first);
      assertThat(first.err() + first.out()).contains("encrypting with key");
      only(first, machine).assertFull("FIRST_BACKUP");
      stage.assertRestores(first.snapshot(), machine, machine.content());
      DiskModel then = machine.content().get("alpha").copy();

      write(machine, 4);
      Outcome second = stage.backup(machine);
      only(second, machine).assertIncremental().assertUploaded(1);
      stage.assertRestores(second.snapshot(), machine, machine.content());
      assertThat(chunkKinds()).isNotEmpty().allMatch(BlobKind::isEncrypted);
      stage.qmpbs().run("key", "check", second.snapshot()).assertDone();

      String other = key("other.json");
      write(machine, 5);
      Outcome dry = stage.tryBackup(machine, "--keyfile", other, "--dry-run").assertDone();
      assertThat(dry.summary().path("warnings").toString()).contains(announcement());
      Outcome third = stage.backup(machine, "--keyfile", other);
      only(third, machine).assertFull("KEY_CHANGED");
      assertThat(third.summary().path("warnings").toString()).contains(announcement());
      write(machine, 6);
      Outcome fourth = stage.backup(machine, "--keyfile", other);
      only(fourth, machine).assertIncremental();
      stage.assertRestores(fourth.snapshot(), machine, machine.content(), "--keyfile", other);
      assertThat(stage.qmpbs().run("key", "check", fourth.snapshot()).assertExit(4).err())
          .contains("made with key", "the given key is");

      // The old snapshot is still the old key's.
      stage.assertRestores(first.snapshot(), machine, java.util.Map.of("alpha", then));
    }
  }

  private static String announcement() {
    return "everything is sent again, up to 41 MiB (" + 41 * MIB + " bytes)";
  }

  @Test
  void aSignedMachineComesBackAndItsModeMayChange() throws IOException {
    try (QemuMachine machine = machine()) {
      String key = key("signer.json");
      String[] signing = {"--keyfile", key, "--crypt-mode", "sign-only"};
      stage.backup(machine, signing);
      write(machine, 4);
      Outcome second = stage.backup(machine, signing);
      only(second, machine).assertIncremental();
      stage.assertRestores(second.snapshot(), machine, machine.content(), "--keyfile", key);
      assertThat(chunkKinds()).isNotEmpty().noneMatch(BlobKind::isEncrypted);

      Outcome plain = stage.backup(machine, "--crypt-mode", "none");
      only(plain, machine).assertFull("CRYPT_MODE_CHANGED").assertUploaded(0);
      assertThat(plain.summary().path("warnings").toString()).contains("only what is new is sent");
      stage.assertRestores(plain.snapshot(), machine, machine.content());

      Outcome encrypted = stage.backup(machine, "--keyfile", key);
      only(encrypted, machine).assertFull("CRYPT_MODE_CHANGED");
      write(machine, 5);
      Outcome last = stage.backup(machine, "--keyfile", key);
      only(last, machine).assertIncremental();
      stage.assertRestores(last.snapshot(), machine, machine.content(), "--keyfile", key);
    }
  }

  @Test
  void theKeyComesBackFromTheSnapshotWithTheMasterKey() throws IOException {
    try (QemuMachine machine = machine()) {
      String key = key("lost.json");
      Path config = Files.createDirectories(folder.resolve("config/proxmox-backup"));
      Files.copy(Golden.key("master-public.pem"), config.resolve("master-public.pem"));
      Outcome backup = stage.backup(machine, "--keyfile", key);
      Path copy = folder.resolve("rsa-encrypted.key");
      Files.delete(Path.of(key));
      stage
          .qmpbs()
          .run("restore", backup.snapshot(), "rsa-encrypted.key", copy.toString())
          .assertDone();
      Path found = folder.resolve("found.json");
      stage
          .with("PBS_MASTER_PASSWORD", "master-pass")
          .qmpbs()
          .run(
              "key",
              "import-with-master-key",
              found.toString(),
              "--kdf=none",
              "--master-keyfile",
              Golden.key("master-private.pem").toString(),
              "--encrypted-keyfile",
              copy.toString())
          .assertDone();
      Path image = folder.resolve("alpha.raw");
      stage
          .qmpbs()
          .run(
              "restore",
              backup.snapshot(),
              machine.disks().get(0).plan().archive(),
              image.toString(),
              "--keyfile",
              found.toString())
          .assertDone();
      machine.content().get("alpha").assertIsContentOf(image);
    }
  }

  @Test
  void whatDoesNotGoTogetherIsRefusedBeforeTheMachineIsTouched() throws IOException {
    try (QemuMachine machine = machine()) {
      String key = key("a.json");
      String master = Golden.key("master-public.pem").toString();
      String[][] wrong = {
        {"--crypt-mode", "none", "--keyfile", key},
        {"--crypt-mode", "encrypt"},
        {"--crypt-mode", "sign-only"},
        {"--keyfile", key, "--crypt-mode", "sign-only", "--master-pubkey-file", master},
        {"--master-pubkey-file", master},
        {"--keyfile", key, "--keyfd", "0"},
        {"--keyfile", key, "--crypt-mode", "strong"}
      };
      for (String[] options : wrong) {
        assertThat(stage.tryBackup(machine, options).exitCode())
            .as("%s", (Object) options)
            .isEqualTo(2);
      }
      assertThat(stage.snapshots()).isZero();
    }
  }

  @Test
  void theLogOfAnEncryptedBackupIsForWhoHasItsKeyOnly() throws IOException {
    try (QemuMachine machine = machine()) {
      Path path = Path.of(key("machine.json"));
      String snapshot = stage.backup(machine, "--keyfile", path.toString()).snapshot();
      byte[] stored =
          Files.readAllBytes(server.datastore().resolve(snapshot).resolve("client.log.blob"));
      assertThat(Blob.verifyEnvelope(stored).isEncrypted()).isTrue();
      assertThat(new String(stored, StandardCharsets.ISO_8859_1))
          .doesNotContain("alpha", snapshot, "encrypting");
      assertThatThrownBy(() -> Blob.decode(stored, Blob.MAX_BLOB)).isInstanceOf(IOException.class);
      try (EncryptionKey key = unlocked(path);
          EncryptionKey other = unlocked(Path.of(key("other.json")))) {
        assertThat(new String(opened(key, stored), StandardCharsets.UTF_8))
            .contains("full read", "drive-alpha.img", snapshot)
            .doesNotContain(PASSPHRASE, server.environment().get("PBS_PASSWORD"));
        assertThatThrownBy(() -> opened(other, stored))
            .isInstanceOf(AuthenticationFailedException.class);
      }
    }
  }

  private static EncryptionKey unlocked(Path file) throws IOException {
    return KeyFile.read(file).unlock();
  }

  private static byte[] opened(EncryptionKey key, byte[] stored) throws IOException {
    return ChunkOpener.of(key).open(stored, Blob.MAX_BLOB);
  }
}
