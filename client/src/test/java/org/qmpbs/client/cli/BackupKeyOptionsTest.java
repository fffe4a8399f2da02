package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.client.memory.ManualClock;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.pbs.CryptMode;
import org.qmpbs.pbs.key.Kdf;
import org.qmpbs.pbs.key.KeyFile;
import org.qmpbs.pbs.key.Passphrase;
import org.qmpbs.pbs.key.SecretFiles;
import picocli.CommandLine;

/** Options of the official client, and what follows from them. */
class BackupKeyOptionsTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String PASSPHRASE = "canary-77ae";

  @TempDir Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private Path named;

  @BeforeEach
  void setUp() throws IOException {
    environment.put("XDG_CONFIG_HOME", folder.resolve("config").toString());
    environment.put("XDG_CONFIG_DIRS", "/var/empty");
    named = store(folder.resolve("named.json"));
  }

  private static Path store(Path path) throws IOException {
    try (EncryptionKey key = EncryptionKey.generate(RANDOM);
        KeyFile file =
            KeyFile.unprotected(
                key, new KeyFile.Details(Instant.EPOCH, Instant.EPOCH, Optional.empty()))) {
      SecretFiles.create(path, file.toJson());
    }
    return path;
  }

  private Path makeDefault() throws IOException {
    Path file = folder.resolve("config/proxmox-backup/encryption-key.json");
    Files.createDirectories(file.getParent());
    return store(file);
  }

  private Host host() {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    return new Host(
        environment,
        nowhere,
        nowhere,
        new ManualClock(),
        RANDOM,
        login -> {
          throw new IOException("no server in this test");
        },
        listener -> {});
  }

  private BackupKeyOptions.Held open(String... args) throws IOException {
    return CommandLine.populateCommand(new BackupKeyOptions(), args).open(host(), Progress.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "no,  '',                                    none",
    "no,  --crypt-mode=none,                     none",
    "no,  --keyfile=NAMED,                       encrypt",
    "no,  --keyfile=NAMED --crypt-mode=encrypt,  encrypt",
    "no,  --keyfile=NAMED --crypt-mode=sign-only, sign-only",
    "yes, '',                                    encrypt",
    "yes, --crypt-mode=none,                     none",
    "yes, --crypt-mode=sign-only,                sign-only",
    "yes, --keyfile=NAMED,                       encrypt",
  })
  void aKeyEncryptsUnlessToldOtherwise(String hasDefault, String options, String mode)
      throws IOException {
    if (hasDefault.equals("yes")) {
      makeDefault();
    }
    try (BackupKeyOptions.Held held = open(arguments(options))) {
      assertThat(held.keys().protection().mode()).isEqualTo(CryptMode.parse(mode));
      assertThat(held.keys().protection().key().isPresent()).isEqualTo(!mode.equals("none"));
      assertThat(held.keys().keyCopy()).isEmpty();
    }
  }

  private String[] arguments(String options) {
    return options.isEmpty() ? new String[0] : options.replace("NAMED", named + "").split(" ", -1);
  }

  @ParameterizedTest
  @CsvSource({
    "--keyfile=NAMED --crypt-mode=none,                                 exclude each other",
    "--crypt-mode=encrypt,                                              needs a key",
    "--crypt-mode=sign-only,                                            needs a key",
    "--master-pubkey-file=x,                                            nothing is encrypted",
    "--keyfile=NAMED --crypt-mode=sign-only --master-pubkey-file=x,     nothing is encrypted",
    "--keyfile=NAMED --master-pubkey-file=x --master-pubkey-fd=3,       both given",
    "--keyfile=NAMED --keyfd=3,                                         both given",
    "--keyfd=-1,                                                        no file descriptor",
  })
  void whatDoesNotGoTogetherIsRefused(String options, String text) {
    assertThatThrownBy(() -> open(arguments(options)))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(text);
  }

  @Test
  void aKeyComesThroughADescriptor() throws IOException {
    try (FileInputStream open = new FileInputStream(named.toFile());
        BackupKeyOptions.Held held = open("--keyfd=" + descriptorOf(named))) {
      assertThat(open.getFD().valid()).isTrue();
      assertThat(held.keys().protection().mode()).isEqualTo(CryptMode.ENCRYPT);
    }
  }

  private static String descriptorOf(Path file) throws IOException {
    try (var links = Files.list(Path.of("/proc/self/fd"))) {
      List<Path> all = new ArrayList<>(links.toList());
      for (Path link : all) {
        if (Files.isSymbolicLink(link) && pointsTo(link, file)) {
          return link.getFileName().toString();
        }
      }
    }
    throw new AssertionError("no descriptor of " + file);
  }

  private static boolean pointsTo(Path link, Path file) {
    try {
      return Files.readSymbolicLink(link).equals(file.toRealPath());
    } catch (IOException e) {
      // The descriptor of the list itself is gone by now.
      return false;
    }
  }

  @Test
  void aKeyThatOthersCanReadIsWarnedOf() throws IOException {
    List<String> warnings = new ArrayList<>();
    Progress progress =
        new Progress() {
          @Override
          public void phase(String name) {}

          @Override
          public void total(long totalBytes) {}

          @Override
          public void advance(long bytes) {}

          @Override
          public void note(String line) {}

          @Override
          public void warn(String line) {
            warnings.add(line);
          }
        };
    for (String mode : List.of("rw-------", "r--------", "rw-r-----", "rw----r--", "rw----rw-")) {
      Files.setPosixFilePermissions(named, PosixFilePermissions.fromString(mode));
      HeldKey.read(named, true, host(), progress).close();
    }
    assertThat(warnings).hasSize(3).allMatch(line -> line.endsWith("chmod 600 " + named));
    assertThat(warnings.get(0)).contains("(rw-r-----)");
  }

  @ParameterizedTest
  @CsvSource({
    "'',                                     true",
    "--crypt-mode=none,                      false",
    "--keyfile=NAMED,                        true",
  })
  void aReaderUsesTheDefaultKeyUnlessItIsToUseNone(String options, boolean hasKey)
      throws IOException {
    makeDefault();
    ReadKeyOptions read = CommandLine.populateCommand(new ReadKeyOptions(), arguments(options));
    try (HeldKey held = read.open(host(), Progress.NONE)) {
      assertThat(held.key().isPresent()).isEqualTo(hasKey);
      assertThat(read.isGiven()).isEqualTo(!options.isEmpty());
    }
  }

  @Test
  void aReaderTakesNoOtherModeAndNoKeyBesideNone() {
    assertThatThrownBy(
            () -> CommandLine.populateCommand(new ReadKeyOptions(), "--crypt-mode=sign-only"))
        .hasMessageContaining("name it with --keyfile");
    ReadKeyOptions both =
        CommandLine.populateCommand(
            new ReadKeyOptions(), arguments("--keyfile=NAMED --crypt-mode=none"));
    assertThatThrownBy(() -> both.open(host(), Progress.NONE))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("exclude each other");
  }

  @Test
  void theKeyIsOverwrittenAtTheEnd() throws IOException {
    BackupKeyOptions.Held held = open("--keyfile=" + named);
    EncryptionKey key = held.keys().protection().key().orElseThrow();
    key.sign(new byte[1]);
    held.close();
    assertThatThrownBy(() -> key.sign(new byte[1])).hasMessageContaining("closed");
  }

  @Test
  void aFileThatIsNoKeyIsNamedAndNothingOfItIsShown() throws IOException {
    Path file = Files.writeString(folder.resolve("bad.json"), "{\"data\":\"" + PASSPHRASE + "\"");
    assertThatThrownBy(() -> open("--keyfile=" + file))
        .isInstanceOfSatisfying(
            UnusableKeyException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.DAMAGED))
        .hasMessageContaining(file.toString())
        .hasMessageNotContaining(PASSPHRASE)
        .hasNoCause();
    Path master = Files.writeString(folder.resolve("master.pem"), "no key");
    assertThatThrownBy(() -> open("--keyfile=" + named, "--master-pubkey-file=" + master))
        .isInstanceOf(UnusableKeyException.class)
        .hasMessageContaining(master.toString());
  }

  @Test
  void aPassphraseComesFromAFileAndIsNotInAnyError() throws IOException {
    Path locked = folder.resolve("locked.json");
    try (EncryptionKey key = EncryptionKey.generate(RANDOM);
        Passphrase passphrase = Passphrase.of(PASSPHRASE.toCharArray());
        KeyFile file =
            KeyFile.protect(
                key,
                Kdf.PBKDF2,
                passphrase,
                new KeyFile.Details(Instant.EPOCH, Instant.EPOCH, Optional.empty()),
                RANDOM)) {
      SecretFiles.create(locked, file.toJson());
    }
    Path secret = Files.writeString(folder.resolve("secret"), PASSPHRASE + "\n");
    environment.put("PBS_ENCRYPTION_PASSWORD_FILE", secret.toString());
    open("--keyfile=" + locked).close();
    Files.writeString(secret, "wrong-" + PASSPHRASE);
    assertThatThrownBy(() -> open("--keyfile=" + locked))
        .hasMessageNotContaining(PASSPHRASE)
        .hasMessageContaining("passphrase");
  }
}
