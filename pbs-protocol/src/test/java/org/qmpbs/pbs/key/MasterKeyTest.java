package org.qmpbs.pbs.key;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.chunker.UnsupportedDataException;
import org.qmpbs.pbs.Golden;

class MasterKeyTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Making one takes a second. */
  private static final MasterPrivateKey OURS = MasterPrivateKey.generate(3072, RANDOM);

  private static byte[] golden(String name) {
    return KeyFileTest.golden(name);
  }

  /** 600,000 iterations take half a second. */
  private static final byte[] OUR_PEM = pem();

  private static byte[] pem() {
    try {
      return OURS.toPem(KeyFileTest.pass("first"), RANDOM);
    } catch (PassphraseTooShortException e) {
      throw new AssertionError(e);
    }
  }

  private static Optional<Passphrase> pass(String text) {
    return Optional.of(KeyFileTest.pass(text));
  }

  private static MasterPrivateKey goldenPrivate() throws IOException {
    return MasterPrivateKey.parse(golden("master-private.pem"), pass("master-pass"));
  }

  private static byte[] goldenEncryptedKey() throws IOException {
    byte[] blob = Golden.read("vm/encrypted/2023-11-14T221320Z/rsa-encrypted.key.blob");
    return Blob.decode(blob, 4096);
  }

  private static KeyFile unprotected(EncryptionKey key) {
    Instant now = Instant.parse("2026-11-21T08:49:59Z");
    return KeyFile.unprotected(key, new KeyFile.Details(now, now, Optional.empty()));
  }

  @Test
  void theKeyOfARealSnapshotComesOutWithTheMasterKey() throws Exception {
    try (KeyFile file = goldenPrivate().decrypt(goldenEncryptedKey());
        EncryptionKey key = file.unlock()) {
      assertThat(key.fingerprint().shortForm()).isEqualTo("2d:f0:29:b2:af:dc:1a:8f");
      assertThat(file.created()).isEqualTo(KeyFile.parse(golden("scrypt.json")).created());
    }
  }

  @Test
  void thePublicKeyOfTheRealClientIsReadAndWrittenByteForByte() throws Exception {
    MasterPublicKey key = MasterPublicKey.parse(golden("master-public.pem"));

    assertThat(key.bits()).isEqualTo(4096);
    assertThat(key.exponent()).isEqualTo(65537);
    assertThat(goldenPrivate().publicKey()).isEqualTo(key).hasSameHashCodeAs(key);
    assertThat(new String(key.toPem(), US_ASCII))
        .isEqualTo(new String(golden("master-public.pem"), US_ASCII));
  }

  @Test
  void whatIsEncryptedForAMasterKeyOpensWithItAndOnlyWithIt() throws Exception {
    EncryptionKey key = EncryptionKey.generate(RANDOM);
    MasterPublicKey master = MasterPublicKey.parse(golden("master-public.pem"));
    byte[] encrypted = master.encrypt(unprotected(key), RANDOM);

    assertThat(encrypted).hasSize(512);
    assertThat(goldenPrivate().decrypt(encrypted).unlock().copyBytes()).isEqualTo(key.copyBytes());
    MasterPrivateKey other = OURS;
    assertThatThrownBy(() -> other.decrypt(encrypted)).isInstanceOf(WrongMasterKeyException.class);
    byte[] otherBlock = other.publicKey().encrypt(unprotected(key), RANDOM);
    assertThatThrownBy(() -> goldenPrivate().decrypt(otherBlock))
        .isInstanceOf(WrongMasterKeyException.class);
    encrypted[100] ^= 1;
    assertThatThrownBy(() -> goldenPrivate().decrypt(encrypted))
        .isInstanceOf(WrongMasterKeyException.class);
  }

  @Test
  void aMasterKeyThatIsTooShortSaysSo() throws Exception {
    MasterPublicKey master = MasterPrivateKey.generate(2048, RANDOM).publicKey();
    assertThatThrownBy(() -> master.encrypt(unprotected(EncryptionKey.generate(RANDOM)), RANDOM))
        .isInstanceOf(UnsupportedDataException.class)
        .hasMessageContaining("2048 bits takes 245 bytes, and the key to encrypt has 255");
  }

  @Test
  void theWrongPassphraseAndDamageAreRefused() throws Exception {
    assertThatThrownBy(
            () -> MasterPrivateKey.parse(golden("master-private.pem"), pass("master-pazz")))
        .isInstanceOf(WrongPassphraseException.class)
        .hasNoCause();
    byte[] damaged = golden("master-private.pem");
    for (int i = 200; i < damaged.length - 200; i += 211) {
      byte before = damaged[i];
      damaged[i] = (byte) (before == 'A' ? 'B' : 'A');
      assertThatThrownBy(() -> MasterPrivateKey.parse(damaged, pass("master-pass")))
          .as("character %d", i)
          .isInstanceOfAny(WrongPassphraseException.class, CorruptDataException.class);
      damaged[i] = before;
    }
  }

  @Test
  void aNewMasterKeyIsWrittenAndReadBack() throws Exception {
    MasterPrivateKey made = OURS;
    byte[] pem = OUR_PEM;

    assertThat(new String(pem, US_ASCII)).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n");
    assertThat(MasterPrivateKey.needsPassphrase(pem)).isTrue();
    assertThat(MasterPrivateKey.parse(pem, pass("first")).publicKey()).isEqualTo(made.publicKey());
    assertThatThrownBy(() -> made.toPem(KeyFileTest.pass("1234"), RANDOM))
        .isInstanceOf(PassphraseTooShortException.class);
  }

  @ParameterizedTest
  @CsvSource({"master-private.pem", "none.json"})
  void whatIsNoPublicKeyIsRefused(String name) {
    assertThatThrownBy(() -> MasterPublicKey.parse(golden(name)))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("public master key")
        .hasNoCause();
  }

  /** Both ways, with the program whose library the official client uses. */
  @ParameterizedTest
  @CsvSource({
    "pkcs8 -topk8 -v2 aes-256-cbc",
    "pkcs8 -topk8 -v2 aes-128-cbc -v2prf hmacWithSHA512",
    "pkcs8 -topk8 -v2 aes-192-cbc -v2prf hmacWithSHA1",
    "pkcs8 -topk8 -nocrypt",
    "rsa -traditional",
  })
  void opensslAndWeReadEachOthersPrivateKeys(String form, @TempDir Path folder) throws Exception {
    assumeThat(Files.isExecutable(Path.of("/usr/bin/openssl"))).isTrue();
    MasterPrivateKey ours = OURS;
    Path in = Files.write(folder.resolve("in"), OUR_PEM);
    Path out = folder.resolve("out");
    List<String> command = new ArrayList<>(List.of(form.split(" ")));
    command.addAll(List.of("-in", in.toString(), "-passin", "pass:first", "-out", out.toString()));
    if (form.startsWith("pkcs8") && !form.contains("nocrypt")) {
      command.addAll(List.of("-passout", "pass:second"));
    }
    openssl(folder, command);

    byte[] theirs = Files.readAllBytes(out);
    Optional<Passphrase> second =
        MasterPrivateKey.needsPassphrase(theirs) ? pass("second") : Optional.empty();
    assertThat(MasterPrivateKey.parse(theirs, second).publicKey()).isEqualTo(ours.publicKey());
  }

  @Test
  void opensslOpensWhatWeEncryptAndWeOpenWhatItEncrypts(@TempDir Path folder) throws Exception {
    assumeThat(Files.isExecutable(Path.of("/usr/bin/openssl"))).isTrue();
    EncryptionKey key = EncryptionKey.generate(RANDOM);
    byte[] json = unprotected(key).toJson();
    MasterPrivateKey master = OURS;
    Files.write(folder.resolve("private"), OUR_PEM);
    Files.write(folder.resolve("public"), master.publicKey().toPem());
    Files.write(folder.resolve("ours"), master.publicKey().encrypt(unprotected(key), RANDOM));
    Files.write(folder.resolve("json"), json);

    openssl(
        folder,
        List.of(
            "pkeyutl -decrypt -inkey private -passin pass:first -in ours -out opened".split(" ")));
    openssl(
        folder, List.of("pkeyutl -encrypt -pubin -inkey public -in json -out theirs".split(" ")));

    assertThat(folder.resolve("opened")).hasBinaryContent(json);
    assertThat(master.decrypt(Files.readAllBytes(folder.resolve("theirs"))).toJson())
        .isEqualTo(json);
  }

  private static void openssl(Path folder, List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(arguments);
    Path log = folder.resolve("log");
    int exit =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start()
            .waitFor();
    assertThat(exit).as(() -> read(log)).isZero();
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void whatOpensslEncryptsInItsOldWayIsSaidHowToConvert() {
    byte[] pem =
        ("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,"
                + "00112233445566778899AABBCCDDEEFF\n\nAAAA\n-----END RSA PRIVATE KEY-----\n")
            .getBytes(UTF_8);
    assertThatThrownBy(() -> MasterPrivateKey.parse(pem, pass("whatever")))
        .isInstanceOf(UnsupportedDataException.class)
        .hasMessageContaining("openssl pkcs8 -topk8");
  }

  @FuzzTest
  void anyPemGivesAKeyOrASaidReason(byte[] bytes) {
    try {
      MasterPublicKey key = MasterPublicKey.parse(bytes);
      assertThat(MasterPublicKey.parse(key.toPem())).isEqualTo(key);
    } catch (CorruptDataException e) {
      assertThat(e).hasMessageContaining("master key").hasNoCause();
    }
    byte[] cheap = Arrays.copyOf(bytes, Math.min(bytes.length, 4096));
    try {
      MasterPrivateKey.parse(cheap, pass("guess"));
    } catch (CorruptDataException | UnsupportedDataException | WrongPassphraseException e) {
      assertThat(e).hasMessageContaining("master key").hasNoCause();
    }
  }
}
