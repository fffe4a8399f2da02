package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.chunker.UnsupportedDataException;
import org.qmpbs.client.backup.SnapshotKeys;
import org.qmpbs.client.key.DefaultKeys;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.pbs.CryptMode;
import org.qmpbs.pbs.Protection;
import org.qmpbs.pbs.key.MasterPublicKey;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * How a backup is protected, by the rules of the official client: with a key it is encrypted,
 * unless {@code --crypt-mode} says otherwise; the default key is used if there is one, the default
 * master key wherever something is encrypted.
 */
final class BackupKeyOptions {
  @Mixin private final KeyFileOptions key = new KeyFileOptions();

  @Option(
      names = "--crypt-mode",
      paramLabel = "none|encrypt|sign-only",
      converter = ToCryptMode.class,
      description = "default: encrypt if there is a key, else none.")
  private @Nullable CryptMode mode;

  @Option(
      names = "--master-pubkey-file",
      paramLabel = "FILE",
      description =
          "Public master key: a copy of the key goes up with the snapshot, for who has the private"
              + " half; default: master-public.pem of ~/.config/proxmox-backup.")
  private @Nullable Path masterFile;

  @Option(
      names = "--master-pubkey-fd",
      paramLabel = "FD",
      description = "The same, read from a file descriptor.")
  private @Nullable Integer masterDescriptor;

  static final class ToCryptMode implements ITypeConverter<CryptMode> {
    @Override
    public CryptMode convert(String text) {
      try {
        return CryptMode.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("'" + text + "' is none of none, encrypt, sign-only");
      }
    }
  }

  /** The keys of one backup; closing overwrites them. */
  record Held(SnapshotKeys keys, HeldKey key) implements AutoCloseable {
    @Override
    public void close() {
      key.close();
    }
  }

  /** Reads what is needed, and says what is used. */
  Held open(Host host, Progress progress) throws IOException {
    Optional<Path> named = key.named();
    Optional<Path> master =
        Descriptors.fileOf(
            "--master-pubkey-file", masterFile, "--master-pubkey-fd", masterDescriptor);
    if (mode == CryptMode.NONE && named.isPresent()) {
      throw new UsageException(
          "--crypt-mode none and a key exclude each other",
          "Leave out --keyfile or --keyfd; or ask for --crypt-mode encrypt or sign-only.");
    }
    DefaultKeys defaults = new DefaultKeys(host.environment());
    Optional<Path> path =
        mode == CryptMode.NONE ? Optional.empty() : named.or(defaults::encryptionKey);
    if (path.isEmpty() && mode != null && mode != CryptMode.NONE) {
      throw new UsageException(
          "--crypt-mode " + mode.id() + " needs a key, and there is no default one",
          "Name one with --keyfile FILE, or make the default one with: qmpbs key create");
    }
    CryptMode effective = path.isEmpty() ? CryptMode.NONE : mode == null ? CryptMode.ENCRYPT : mode;
    if (master.isPresent() && effective != CryptMode.ENCRYPT) {
      throw new UsageException(
          "a master key is given, but nothing is encrypted (crypt mode " + effective.id() + ")",
          "Give --keyfile FILE and no other --crypt-mode than encrypt, or leave the master key out.");
    }
    if (path.isEmpty()) {
      return new Held(SnapshotKeys.NONE, HeldKey.NONE);
    }
    HeldKey held = HeldKey.read(path.get(), named.isPresent(), host, progress);
    boolean done = false;
    try {
      Optional<Path> chosen = master.isPresent() ? master : defaults.masterKey();
      SnapshotKeys keys = keys(effective, held, chosen, host);
      progress.note(
          (effective == CryptMode.ENCRYPT ? "encrypting" : "signing")
              + " with key "
              + keys.protection().key().orElseThrow().fingerprint().shortForm()
              + " of "
              + path.get());
      done = true;
      return new Held(keys, held);
    } finally {
      if (!done) {
        held.close();
      }
    }
  }

  private static SnapshotKeys keys(CryptMode mode, HeldKey held, Optional<Path> master, Host host)
      throws IOException {
    EncryptionKey key = held.key().orElseThrow();
    if (mode == CryptMode.SIGN_ONLY) {
      return new SnapshotKeys(Protection.signed(key), Optional.empty());
    }
    Protection protection = Protection.encrypted(key, host.random());
    if (master.isEmpty()) {
      return new SnapshotKeys(protection, Optional.empty());
    }
    try {
      MasterPublicKey publicKey = MasterPublicKey.read(master.get());
      byte[] copy = held.copyFor(publicKey, host.clock().instant(), host.random());
      return new SnapshotKeys(protection, Optional.of(copy));
    } catch (CorruptDataException | UnsupportedDataException e) {
      throw new UnusableKeyException(
          e instanceof CorruptDataException ? ExitCode.DAMAGED : ExitCode.USAGE,
          master.get() + ": " + e.getMessage(),
          "Name the public master key, as qmpbs key create-master-key makes it.");
    }
  }
}
