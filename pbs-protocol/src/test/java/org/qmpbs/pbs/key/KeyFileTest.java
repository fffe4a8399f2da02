package org.qmpbs.pbs.key;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.chunker.UnsupportedDataException;
import org.qmpbs.pbs.Golden;

class KeyFileTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Instant CREATED = Instant.parse("2024-02-29T12:00:00Z");
  private static final Instant NOW = Instant.parse("2026-11-21T08:49:59Z");

  /** Cheap to derive. */
  private static final String LIGHT =
      "{\"kdf\":{\"PBKDF2\":{\"iter\":2,\"salt\":\"AAAA\"}},"
          + "\"created\":\"2026-11-21T08:49:41+00:00\",\"modified\":\"2026-11-21T08:49:41+00:00\","
          + "\"data\":\""
          + "A".repeat(86)
          + "==\"}";

  static byte[] golden(String name) {
    return Golden.read("keys/" + name);
  }

  static Passphrase pass(String text) {
    return Passphrase.of(text.toCharArray());
  }

  private static KeyFile.Details details(String... hint) {
    return new KeyFile.Details(CREATED, NOW, List.of(hint).stream().findFirst());
  }

  @ParameterizedTest
  @CsvSource({
    "none.json, NONE, c9:e1:ef:cf:35:68:70:32",
    "scrypt.json, SCRYPT, 2d:f0:29:b2:af:dc:1a:8f",
    "pbkdf2.json, PBKDF2, 77:61:5c:ae:b9:29:d6:cd",
  })
  void everyFileOfTheRealClientOpensAndIsWrittenByteForByte(String name, Kdf kdf, String shown)
      throws Exception {
    try (KeyFile file = KeyFile.parse(golden(name));
        EncryptionKey key = file.unlock(pass("golden-pass"))) {
      assertThat(file.kdf()).isEqualTo(kdf);
      assertThat(key.fingerprint().shortForm()).isEqualTo(shown);
      assertThat(file.fingerprint()).contains(key.fingerprint());
      assertThat(file.hint()).isEqualTo(kdf == Kdf.NONE ? Optional.empty() : Optional.of("golden"));
      assertThat(new String(file.toJson(), UTF_8))
          .isEqualTo(new String(golden(name), UTF_8).strip());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SCRYPT", "PBKDF2"})
  void whatIsProtectedOpensWithItsPassphraseOnly(Kdf kdf) throws Exception {
    EncryptionKey key = EncryptionKey.generate(RANDOM);
    KeyFile made = KeyFile.protect(key, kdf, pass("pässwort"), details("wie immer"), RANDOM);
    KeyFile file = KeyFile.parse(made.toJson());

    assertThat(file.unlock(pass("pässwort"))).isEqualTo(key);
    assertThat(file.unlock(pass("pässwort")).copyBytes()).isEqualTo(key.copyBytes());
    assertThat(file.created()).isEqualTo(CREATED);
    assertThat(file.modified()).isEqualTo(NOW);
    assertThat(file.kdf()).isEqualTo(kdf);
    assertThatThrownBy(() -> file.unlock(pass("passwort")))
        .isInstanceOf(WrongPassphraseException.class)
        .hasNoCause()
        .hasMessage("wrong passphrase, or the key file is damaged (hint: wie immer)");
    assertThatThrownBy(file::unlock).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aFileWithoutPassphraseRoundTrips() throws Exception {
    EncryptionKey key = EncryptionKey.generate(RANDOM);
    KeyFile file = KeyFile.parse(KeyFile.unprotected(key, details()).toJson());

    assertThat(file.unlock().copyBytes()).isEqualTo(key.copyBytes());
    assertThat(file.unlock(pass("whatever"))).isEqualTo(key);
  }

  @Test
  void everyChangedBitOfAnEncryptedKeyLooksLikeAWrongPassphrase() throws Exception {
    EncryptionKey key = EncryptionKey.generate(RANDOM);
    String json = LIGHT.replace("A".repeat(86), "%s");
    KeyDerivation light = KeyDerivation.Pbkdf2.of(2, new byte[3]);
    byte[] data;
    try (EncryptionKey wrapping = light.derive(pass("12345"))) {
      data = wrapping.seal(key.copyBytes(), RANDOM);
    }
    for (int i = -1; i < data.length; i++) {
      byte[] changed = data.clone();
      if (i >= 0) {
        changed[i] ^= 2;
      }
      String base64 = Base64.getEncoder().withoutPadding().encodeToString(changed);
      KeyFile file = KeyFile.parse(String.format(json, base64).getBytes(UTF_8));
      if (i < 0) {
        assertThat(file.unlock(pass("12345"))).isEqualTo(key);
      } else {
        assertThatThrownBy(() -> file.unlock(pass("12345")))
            .isInstanceOf(WrongPassphraseException.class);
      }
    }
  }

  @Test
  void aKeyThatIsNotTheOneOfTheFingerprintIsCorrupt() {
    String json = new String(golden("none.json"), UTF_8).replace("\"c9:e1:ef", "\"c9:e1:ee");
    assertThatThrownBy(() -> KeyFile.parse(json.getBytes(UTF_8)).unlock())
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("c9:e1:ee:cf:35:68:70:32 (file), found c9:e1:ef:cf:35:68:70:32");
  }

  @Test
  void shortPassphrasesAreRefusedOnBothWays() throws Exception {
    EncryptionKey key = EncryptionKey.generate(RANDOM);
    assertThatThrownBy(() -> KeyFile.protect(key, Kdf.PBKDF2, pass("1234"), details(), RANDOM))
        .isInstanceOf(PassphraseTooShortException.class);
    assertThatThrownBy(() -> KeyFile.parse(golden("pbkdf2.json")).unlock(pass("1234")))
        .isInstanceOf(PassphraseTooShortException.class);
    // Bytes count, not characters.
    KeyFile.parse(KeyFile.protect(key, Kdf.PBKDF2, pass("äää"), details(), RANDOM).toJson())
        .unlock(pass("äää"))
        .close();
  }

  @Test
  void filesOfOtherVersionsAreRead() throws Exception {
    String none = new String(golden("none.json"), UTF_8);
    String early = none.replaceAll(",\"fingerprint\":\"[^\"]*\"", "");
    String later = none.replace("{\"kdf\":null", "{\"later\":{\"x\":[1]},\"hint\":null");
    String local = none.replace("08:49:41+00:00", "10:49:41+02:00");
    String pretty = none.replace(",", " ,\n  ");

    assertThat(KeyFile.parse(early.getBytes(UTF_8)).fingerprint()).isEmpty();
    for (String variant : List.of(early, later, local, pretty)) {
      KeyFile file = KeyFile.parse(variant.getBytes(UTF_8));
      assertThat(file.unlock().fingerprint().shortForm()).isEqualTo("c9:e1:ef:cf:35:68:70:32");
      assertThat(file.created()).isEqualTo(Instant.parse("2026-11-21T08:49:41Z"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"kdf\":{ | \"kdf\":7,\"x\":{",
        "\"iter\":2 | \"iter\":0",
        "\"iter\":2 | \"iter\":-2",
        "\"iter\":2 | \"iter\":2.0",
        "\"iter\":2 | \"iter\":\"2\"",
        "\"iter\":2 | \"iter\":99999999999999999999",
        "\"salt\":\"AAAA\" | \"salt\":\"A!AA\"",
        "\"salt\":\"AAAA\" | \"salt\":4",
        "\"PBKDF2\" | \"kdf\":1,\"PBKDF2\"",
        "\"created\":\"2026 | \"created\":\"x2026",
        "\"created\": | \"xcreated\":",
        "\"modified\": | \"data\":",
        "AAAAAA==\" | AAAA\"",
        "AA==\" | AAAA\"",
        "\"data\": | \"fingerprint\":\"00\",\"data\":",
        "\"data\": | \"hint\":3,\"data\":",
        "\"data\":\" | \"data\":\"=",
        "\"} | \"}}",
      })
  void whatIsReliedUponIsChecked(String from, String to) throws Exception {
    KeyFile.parse(LIGHT.getBytes(UTF_8)).close();
    assertThat(LIGHT).contains(from);
    byte[] changed = LIGHT.replace(from, to).getBytes(UTF_8);
    assertThatThrownBy(() -> KeyFile.parse(changed)).isInstanceOf(CorruptDataException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"PBKDF2\":{\"iter\":10000001,\"salt\":\"\"}}",
        "{\"Scrypt\":{\"n\":1048576,\"r\":8,\"p\":1,\"salt\":\"\"}}",
        "{\"Scrypt\":{\"n\":2,\"r\":16777216,\"p\":1,\"salt\":\"\"}}",
        "{\"Scrypt\":{\"n\":65536,\"r\":8,\"p\":17,\"salt\":\"\"}}",
        "{\"Scrypt\":{\"n\":2,\"r\":2,\"p\":9223372036854775807,\"salt\":\"\"}}",
        "{\"Scrypt\":{\"n\":4611686018427387904,\"r\":2,\"p\":2,\"salt\":\"\"}}",
        "{\"Argon2\":{\"salt\":\"\"}}",
      })
  void whatWouldCostTooMuchOrIsUnknownIsRefusedBeforeItIsTried(String kdf) {
    String json =
        LIGHT.replaceAll("\\{\"PBKDF2.*?}}", java.util.regex.Matcher.quoteReplacement(kdf));
    assertThatThrownBy(() -> KeyFile.parse(json.getBytes(UTF_8)))
        .isInstanceOf(UnsupportedDataException.class)
        .hasMessageContaining("key file");
  }

  @ParameterizedTest
  @CsvSource({"0,8,1", "1,8,1", "3,8,1", "-65536,8,1", "65536,1,1", "16,0,1", "16,8,0", "16,-8,1"})
  void parametersThatScryptDoesNotHaveAreCorrupt(String n, String r, String p) {
    String kdf = String.format("{\"Scrypt\":{\"n\":%s,\"r\":%s,\"p\":%s,\"salt\":\"\"}}", n, r, p);
    String json =
        LIGHT.replaceAll("\\{\"PBKDF2.*?}}", java.util.regex.Matcher.quoteReplacement(kdf));
    assertThatThrownBy(() -> KeyFile.parse(json.getBytes(UTF_8)))
        .isInstanceOf(CorruptDataException.class);
  }

  @Test
  void hintsAreOneLineAsTheOfficialClientWantsThem() {
    details("x".repeat(64));
    details("ä".repeat(64));
    for (String hint : List.of("", "x".repeat(65), "two\nlines", "\u007f")) {
      assertThatThrownBy(() -> details(hint)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aHugeFileIsNotRead(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("huge"), new byte[1 << 20]);
    assertThatThrownBy(() -> KeyFile.read(file)).isInstanceOf(CorruptDataException.class);
  }

  @Test
  void secretFilesAreForTheirOwnerOnlyAndNeverOverwritten(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("key.json");
    SecretFiles.create(file, golden("none.json"));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThatThrownBy(() -> SecretFiles.create(file, new byte[1]))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(KeyFile.read(file).kdf()).isEqualTo(Kdf.NONE);
  }

  @Test
  void aReplacedFileKeepsItsLinkAndGetsTheModeAndLeavesNothingBeside(@TempDir Path folder)
      throws Exception {
    Path file = Files.write(folder.resolve("key.json"), new byte[1]);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);

    SecretFiles.replace(link, golden("none.json"));

    assertThat(link).isSymbolicLink();
    assertThat(file).hasBinaryContent(golden("none.json"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (var names = Files.list(folder)) {
      assertThat(names).containsExactlyInAnyOrder(file, link);
    }
  }

  @Test
  void aReplacementThatFailsLeavesTheOldFileAndNothingElse(@TempDir Path folder) throws Exception {
    Path occupied = Files.createDirectories(folder.resolve("key.json/sub")).getParent();
    assertThatThrownBy(() -> SecretFiles.replace(occupied, new byte[1]))
        .isInstanceOf(IOException.class);
    try (var names = Files.list(folder)) {
      assertThat(names).containsExactly(occupied);
    }
  }

  @Test
  void aClosedPassphraseOrFileHoldsNothing() throws Exception {
    Passphrase passphrase = pass("secret");
    passphrase.close();
    assertThat(passphrase.bytes()).containsOnly(0);
    KeyFile file = KeyFile.parse(golden("none.json"));
    file.close();
    assertThat(file.data()).containsOnly(0);
  }

  @FuzzTest
  void anyBytesGiveAKeyFileOrASaidReason(byte[] bytes) {
    try (KeyFile file = KeyFile.parse(bytes)) {
      assertThat(KeyFile.parse(file.toJson()).toJson()).isEqualTo(file.toJson());
    } catch (CorruptDataException | UnsupportedDataException e) {
      assertThat(e).hasMessageContaining("key file").hasNoCause();
    }
  }
}
