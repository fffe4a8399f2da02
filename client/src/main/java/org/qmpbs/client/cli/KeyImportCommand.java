package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.client.key.Passphrases;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.key.Kdf;
import org.qmpbs.pbs.key.KeyFile;
import org.qmpbs.pbs.key.MasterPrivateKey;
import org.qmpbs.pbs.key.Passphrase;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code qmpbs key import-with-master-key}. */
@Command(
    name = "import-with-master-key",
    description = "Get an encryption key back from a snapshot, with the private master key.",
    mixinStandardHelpOptions = true)
final class KeyImportCommand extends KeySubcommand {
  @Mixin private final KeyOptions options = new KeyOptions();

  @Option(
      names = "--master-keyfile",
      required = true,
      paramLabel = "FILE",
      description = "Private master key, PEM.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path masterKeyfile;

  @Option(
      names = "--encrypted-keyfile",
      required = true,
      paramLabel = "FILE",
      description = "rsa-encrypted.key, as restored from a snapshot.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path encryptedKeyfile;

  KeyImportCommand(Host host) {
    super(host, "import-with-master-key");
  }

  @Override
  Report work() throws IOException {
    options.check(this);
    Path path = options.path() != null ? options.path() : defaults().newEncryptionKey();
    if (Files.exists(path)) {
      throw new FileAlreadyExistsException(path.toString());
    }
    byte[] encrypted = content(MasterPrivateKey.readPem(encryptedKeyfile));
    try (KeyFile found = masterKey().decrypt(encrypted);
        EncryptionKey key = unlock(found);
        KeyFile file = options.protect(this, key, found.created())) {
      KeyCreateCommand.store(path, file);
      return KeyReport.of("The key was imported.", path, file);
    }
  }

  /** A file that was copied from a datastore is still a blob; one that was restored is not. */
  private static byte[] content(byte[] file) throws IOException {
    try {
      return Blob.decode(file, file.length);
    } catch (CorruptDataException e) {
      return file;
    }
  }

  private MasterPrivateKey masterKey() throws IOException {
    byte[] pem = MasterPrivateKey.readPem(existing(masterKeyfile));
    try {
      if (!MasterPrivateKey.needsPassphrase(pem)) {
        return MasterPrivateKey.parse(pem, Optional.empty());
      }
      try (Passphrase passphrase = passphrases().get(Passphrases.Which.MASTER)) {
        return MasterPrivateKey.parse(pem, Optional.of(passphrase));
      }
    } finally {
      Arrays.fill(pem, (byte) 0);
    }
  }

  /** Early clients encrypted the key file with its passphrase. */
  private EncryptionKey unlock(KeyFile file) throws IOException {
    if (file.kdf() == Kdf.NONE) {
      return file.unlock();
    }
    try (Passphrase passphrase = passphrases().get(Passphrases.Which.KEY)) {
      return file.unlock(passphrase);
    }
  }
}
