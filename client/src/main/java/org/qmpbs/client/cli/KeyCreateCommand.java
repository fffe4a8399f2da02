package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.key.KeyFile;
import org.qmpbs.pbs.key.SecretFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code qmpbs key create}. */
@Command(
    name = "create",
    description = "Make a new encryption key. An existing file is never overwritten.",
    mixinStandardHelpOptions = true)
final class KeyCreateCommand extends KeySubcommand {
  @Mixin private final KeyOptions options = new KeyOptions();

  KeyCreateCommand(Host host) {
    super(host, "create");
  }

  @Override
  Report work() throws IOException {
    options.check(this);
    Path path = options.path() != null ? options.path() : defaults().newEncryptionKey();
    // Said before anybody types a passphrase; the creation itself refuses too.
    if (Files.exists(path)) {
      throw new FileAlreadyExistsException(path.toString());
    }
    try (EncryptionKey key = EncryptionKey.generate(host().random());
        KeyFile file = options.protect(this, key, host().clock().instant())) {
      store(path, file);
      return KeyReport.of("The key was made. Keep a copy of it elsewhere.", path, file);
    }
  }

  static void store(Path path, KeyFile file) throws IOException {
    byte[] json = file.toJson();
    try {
      SecretFiles.create(path, json);
    } finally {
      Arrays.fill(json, (byte) 0);
    }
  }
}
