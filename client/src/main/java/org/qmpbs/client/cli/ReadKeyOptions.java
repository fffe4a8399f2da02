package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.pbs.CryptMode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * Which key snapshots are read with: that of {@link KeyFileOptions}, or none. The way out is for
 * the day on which a plain snapshot is needed and nobody knows the default key's passphrase.
 */
final class ReadKeyOptions {
  @Mixin private final KeyFileOptions key = new KeyFileOptions();

  @Option(
      names = "--crypt-mode",
      paramLabel = "none",
      converter = ToNone.class,
      description = "none: use no key, not even the default one.")
  private @Nullable CryptMode mode;

  /** The other modes of a backup follow from the snapshot. */
  static final class ToNone implements ITypeConverter<CryptMode> {
    @Override
    public CryptMode convert(String text) {
      if (text.equals(CryptMode.NONE.id())) {
        return CryptMode.NONE;
      }
      throw new TypeConversionException(
          "'" + text + "' is not none; to demand the signature of a key, name it with --keyfile");
    }
  }

  /** Whether no key is to be used. */
  boolean isNone() {
    return mode != null;
  }

  /** Whether anything was said about keys. */
  boolean isGiven() throws UsageException {
    return isNone() || key.named().isPresent();
  }

  /** The key; to be closed. */
  HeldKey open(Host host, Progress progress) throws IOException {
    Optional<Path> named = key.named();
    if (isNone() && named.isPresent()) {
      throw new UsageException(
          "--crypt-mode none and a key exclude each other", "Leave one of them out.");
    }
    if (isNone()) {
      return HeldKey.NONE;
    }
    boolean isOpen = false;
    try {
      HeldKey held = key.open(host, progress);
      isOpen = true;
      return held;
    } finally {
      if (!isOpen && named.isEmpty()) {
        progress.note("what is not encrypted can be read without a key: --crypt-mode none");
      }
    }
  }
}
