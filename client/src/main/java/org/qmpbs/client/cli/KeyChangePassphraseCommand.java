package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.client.key.Passphrases;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.key.Kdf;
import org.qmpbs.pbs.key.KeyFile;
import org.qmpbs.pbs.key.Passphrase;
import org.qmpbs.pbs.key.SecretFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code qmpbs key change-passphrase}. */
@Command(
    name = "change-passphrase",
    description = "Change the passphrase of an encryption key; the key stays the same.",
    mixinStandardHelpOptions = true)
final class KeyChangePassphraseCommand extends KeySubcommand {
  @Mixin private final KeyOptions options = new KeyOptions();

  KeyChangePassphraseCommand(Host host) {
    super(host, "change-passphrase");
  }

  @Override
  Report work() throws IOException {
    options.check(this);
    Path path = existing(options.path());
    try (KeyFile old = KeyFile.read(path);
        EncryptionKey key = unlock(old);
        KeyFile changed = options.protect(this, key, old.created())) {
      byte[] json = changed.toJson();
      try {
        SecretFiles.replace(path, json);
      } finally {
        Arrays.fill(json, (byte) 0);
      }
      return KeyReport.of("The passphrase was changed.", path, changed);
    }
  }

  private EncryptionKey unlock(KeyFile file) throws IOException {
    if (file.kdf() == Kdf.NONE) {
      return file.unlock();
    }
    try (Passphrase passphrase = passphrases().get(Passphrases.Which.KEY)) {
      return file.unlock(passphrase);
    }
  }
}
