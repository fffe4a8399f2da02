package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.key.DefaultKeys;
import org.qmpbs.client.progress.Progress;
import picocli.CommandLine.Option;

/**
 * Which encryption key: the one in {@code --keyfile} or behind {@code --keyfd}, else the default
 * one, if there is one.
 */
final class KeyFileOptions {
  @Option(
      names = "--keyfile",
      paramLabel = "FILE",
      description = "Encryption key; default: encryption-key.json of ~/.config/proxmox-backup.")
  private @Nullable Path file;

  @Option(
      names = "--keyfd",
      paramLabel = "FD",
      description = "The same, read from a file descriptor.")
  private @Nullable Integer descriptor;

  /** The file that the user named. */
  Optional<Path> named() throws UsageException {
    return Descriptors.fileOf("--keyfile", file, "--keyfd", descriptor);
  }

  /** The key to read snapshots with; to be closed. */
  HeldKey open(Host host, Progress progress) throws IOException {
    Optional<Path> named = named();
    if (named.isPresent()) {
      return HeldKey.read(named.get(), true, host, progress);
    }
    Optional<Path> found = new DefaultKeys(host.environment()).encryptionKey();
    return found.isPresent() ? HeldKey.read(found.get(), false, host, progress) : HeldKey.NONE;
  }
}
