package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.client.key.Passphrases;
import org.qmpbs.pbs.key.Kdf;
import org.qmpbs.pbs.key.KeyFile;
import org.qmpbs.pbs.key.Passphrase;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** How a key file is to be protected. */
final class KeyOptions {
  @Option(
      names = "--kdf",
      paramLabel = "scrypt|pbkdf2|none",
      converter = ToKdf.class,
      description = "How the passphrase protects it, or that none does; default: scrypt.")
  private Kdf kdf = Kdf.SCRYPT;

  @Option(
      names = "--hint",
      paramLabel = "TEXT",
      description = "Helps to remember the passphrase; stored in plain.")
  private @Nullable String hint;

  @Parameters(
      arity = "0..1",
      paramLabel = "PATH",
      description = "Key file; without it, the default encryption key.")
  private @Nullable Path path;

  @Nullable Path path() {
    return path;
  }

  /** Refuses what does not go together, before anybody is asked for anything. */
  void check(KeySubcommand command) throws UsageException {
    KeySubcommand.requireHintFits(kdf, hint);
    // For the check of the hint.
    command.details(Instant.EPOCH, hint);
  }

  /** The file of {@code key}, after asking for its new passphrase. */
  KeyFile protect(KeySubcommand command, EncryptionKey key, Instant created) throws IOException {
    KeyFile.Details details = command.details(created, hint);
    if (kdf == Kdf.NONE) {
      return KeyFile.unprotected(key, details);
    }
    try (Passphrase passphrase = command.passphrases().get(Passphrases.Which.NEW)) {
      return KeyFile.protect(key, kdf, passphrase, details, command.host().random());
    }
  }

  static final class ToKdf implements ITypeConverter<Kdf> {
    @Override
    public Kdf convert(String text) {
      for (Kdf kdf : Kdf.values()) {
        if (kdf.id().equals(text)) {
          return kdf;
        }
      }
      throw new TypeConversionException("'" + text + "' is none of scrypt, pbkdf2, none");
    }
  }
}
