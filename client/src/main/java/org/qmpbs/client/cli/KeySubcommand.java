package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.UnsupportedDataException;
import org.qmpbs.client.connect.Terminal;
import org.qmpbs.client.key.DefaultKeys;
import org.qmpbs.client.key.Passphrases;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Report;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.pbs.key.Kdf;
import org.qmpbs.pbs.key.KeyFile;
import picocli.CommandLine.Mixin;

/** What the commands about keys have in common. */
abstract class KeySubcommand implements CliCommand {
  @Mixin private final OutputOptions output = new OutputOptions();

  private final Host host;
  private final String name;
  private Progress progress = Progress.NONE;

  KeySubcommand(Host host, String name) {
    this.host = host;
    this.name = name;
  }

  /** Does the work. */
  abstract Report work() throws IOException;

  @Override
  public final List<ExitCode> exitCodes() {
    return List.of(ExitCode.NOT_FOUND, ExitCode.LOGIN, ExitCode.DAMAGED, ExitCode.TARGET);
  }

  @Override
  public final Integer call() {
    return new CommandRunner(host, output, "key " + name)
        .run(
            code -> "No key was made, changed or shown.",
            (out, interruption) -> {
              progress = out;
              try {
                return work();
              } catch (IllegalArgumentException e) {
                throw new UsageException(String.valueOf(e.getMessage()), "Correct the option.");
              } catch (CorruptDataException e) {
                throw unusable(
                    ExitCode.DAMAGED,
                    e,
                    "Check that the file is the right one, or take a copy of it.");
              } catch (UnsupportedDataException e) {
                throw unusable(
                    ExitCode.USAGE, e, "Use the program that made the key to change it.");
              }
            });
  }

  final Host host() {
    return host;
  }

  final DefaultKeys defaults() {
    return new DefaultKeys(host.environment());
  }

  final Passphrases passphrases() {
    return new Passphrases(host.environment(), Terminal.system());
  }

  /** The named key file, or the default one. */
  final Path existing(@Nullable Path named) throws IOException {
    Path file = named != null ? named : found(defaults().encryptionKey());
    KeyFileAccess.check(file, progress);
    return file;
  }

  static Path found(Optional<Path> file) throws UnusableKeyException {
    return file.orElseThrow(
        () ->
            new UnusableKeyException(
                ExitCode.NOT_FOUND,
                "no key was named, and there is no default one",
                "Name the file. Default keys are in ~/.config/proxmox-backup."));
  }

  /** Without the cause: what it says is said. */
  private static UnusableKeyException unusable(ExitCode code, IOException e, String remedy) {
    return new UnusableKeyException(code, String.valueOf(e.getMessage()), remedy);
  }

  static void requireHintFits(Kdf kdf, @Nullable String hint) throws UsageException {
    if (kdf == Kdf.NONE && hint != null) {
      throw new UsageException(
          "a key without passphrase has no hint", "Leave out --hint, or choose another --kdf.");
    }
  }

  final KeyFile.Details details(Instant created, @Nullable String hint) {
    return new KeyFile.Details(created, host.clock().instant(), Optional.ofNullable(hint));
  }
}
