package org.qmpbs.pbs.key;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.Snapshot;

/** Makes everything of these classes that can be shown, and looks for a canary in it. */
class SecretsStaySecretTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String PASSPHRASE = "canary-7c1e";

  private final byte[] bytes = "canary-key-0123456789-abcdefghij".getBytes(UTF_8);
  private final EncryptionKey key = EncryptionKey.of(bytes);
  private final List<String> shown = new ArrayList<>();

  private static Passphrase pass(String text) {
    return Passphrase.of(text.toCharArray());
  }

  private void show(Object value) {
    shown.add(String.valueOf(value));
  }

  private void failing(Callable<?> call) {
    try {
      show(call.call());
    } catch (Exception e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      shown.add(trace.toString());
    }
  }

  @Test
  void noExceptionAndNoToStringHasTheKeyOrThePassphrase() throws Exception {
    Instant now = Instant.parse("2026-11-21T08:49:59Z");
    KeyFile.Details details = new KeyFile.Details(now, now, Optional.of("a hint"));
    KeyFile plain = KeyFile.unprotected(key, details);
    KeyFile locked = KeyFile.protect(key, Kdf.PBKDF2, pass(PASSPHRASE), details, RANDOM);
    String json = new String(plain.toJson(), UTF_8);
    MasterPrivateKey master = MasterPrivateKey.generate(3072, RANDOM);
    show(key);
    show(key.fingerprint());
    show(plain);
    show(locked);
    show(locked.derivation());
    show(pass(PASSPHRASE));
    show(master);
    show(master.publicKey());
    failing(() -> locked.unlock(pass(PASSPHRASE + "x")));
    failing(() -> EncryptionKey.of(Arrays.copyOf(bytes, 31)));
    // Every way to break the file at every place.
    for (int i = 0; i < json.length(); i++) {
      for (String with : new String[] {"", "!", "\"", "}", "\u0000"}) {
        String broken = json.substring(0, i) + with + json.substring(i + 1);
        failing(() -> KeyFile.parse(broken.getBytes(UTF_8)).unlock());
      }
      String cut = json.substring(i);
      failing(() -> KeyFile.parse(cut.getBytes(UTF_8)));
      failing(() -> MasterPublicKey.parse(cut.getBytes(UTF_8)));
      failing(() -> MasterPrivateKey.parse(cut.getBytes(UTF_8), Optional.of(pass(PASSPHRASE))));
    }
    byte[] pem = master.toPem(pass(PASSPHRASE), RANDOM);
    failing(() -> MasterPrivateKey.parse(pem, Optional.of(pass(PASSPHRASE + "x"))));
    byte[] encrypted = master.publicKey().encrypt(plain, RANDOM);
    show(master.decrypt(encrypted));
    encrypted[7] ^= 1;
    failing(() -> master.decrypt(encrypted));
    byte[] blob = Blob.encode(bytes, 0, bytes.length, key, RANDOM);
    blob[20] ^= 1;
    failing(() -> Blob.decode(blob, 100, key));
    Snapshot snapshot = Snapshot.parse("vm/plain/2023-11-14T22:13:20Z");
    Manifest manifest = new Manifest(snapshot, List.of());
    String forged = new String(manifest.toJson(key), UTF_8).replace("plain", "other");
    failing(() -> Manifest.parse(forged.getBytes(UTF_8), snapshot, key));
    failing(() -> Manifest.parse(manifest.toJson(), snapshot, key));

    assertThat(shown).hasSizeGreaterThan(1000);
    String base64 = Base64.getEncoder().encodeToString(bytes);
    String hex = HexFormat.of().formatHex(bytes);
    for (String text : shown) {
      assertThat(text).doesNotContain("canary", hex, hex.toUpperCase(java.util.Locale.ROOT));
      // A part that a parser quotes is as bad: eight characters are 48 bits.
      for (int i = 0; i + 8 <= base64.length(); i += 4) {
        assertThat(text).doesNotContain(base64.substring(i, i + 8));
      }
    }
  }
}
