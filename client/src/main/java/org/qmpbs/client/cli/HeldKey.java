package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.chunker.UnsupportedDataException;
import org.qmpbs.client.connect.Terminal;
import org.qmpbs.client.key.Passphrases;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.pbs.ReadKey;
import org.qmpbs.pbs.key.Kdf;
import org.qmpbs.pbs.key.KeyFile;
import org.qmpbs.pbs.key.MasterPublicKey;
import org.qmpbs.pbs.key.Passphrase;

/** The key of one command, or none; closing overwrites it. */
final class HeldKey implements AutoCloseable {
  static final HeldKey NONE = new HeldKey(null, Instant.EPOCH, false);

  private final @Nullable EncryptionKey key;
  private final Instant created;
  private final boolean isNamed;

  private HeldKey(@Nullable EncryptionKey key, Instant created, boolean isNamed) {
    this.key = key;
    this.created = created;
    this.isNamed = isNamed;
  }

  /** Reads and unlocks a key file; asks for its passphrase if it has one. */
  static HeldKey read(Path path, boolean isNamed, Host host, Progress progress) throws IOException {
    try (KeyFile file = KeyFile.read(path)) {
      KeyFileAccess.check(path, progress);
      return new HeldKey(unlock(file, host), file.created(), isNamed);
    } catch (CorruptDataException e) {
      // Without the cause: what it says is said.
      throw new UnusableKeyException(
          ExitCode.DAMAGED,
          path + ": " + e.getMessage(),
          "Check that the file is the right one, or take a copy of it.");
    } catch (UnsupportedDataException e) {
      throw new UnusableKeyException(
          ExitCode.USAGE, path + ": " + e.getMessage(), "Use the program that made the key.");
    }
  }

  private static EncryptionKey unlock(KeyFile file, Host host) throws IOException {
    if (file.kdf() == Kdf.NONE) {
      return file.unlock();
    }
    Passphrases passphrases = new Passphrases(host.environment(), Terminal.system());
    try (Passphrase passphrase = passphrases.get(Passphrases.Which.KEY)) {
      return file.unlock(passphrase);
    }
  }

  Optional<EncryptionKey> key() {
    return Optional.ofNullable(key);
  }

  /** For reading. */
  ReadKey readKey() {
    return key().map(isNamed ? ReadKey::named : ReadKey::byDefault).orElse(ReadKey.NONE);
  }

  /** The copy for who has the private half of {@code master}. */
  byte[] copyFor(MasterPublicKey master, Instant now, SecureRandom random)
      throws UnsupportedDataException {
    KeyFile.Details details = new KeyFile.Details(created, now, Optional.empty());
    try (KeyFile file = KeyFile.unprotected(key().orElseThrow(), details)) {
      return master.encrypt(file, random);
    }
  }

  @Override
  public void close() {
    if (key != null) {
      key.close();
    }
  }
}
