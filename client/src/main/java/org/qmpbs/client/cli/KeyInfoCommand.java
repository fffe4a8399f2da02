package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.key.KeyFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code qmpbs key info}. */
@Command(
    name = "info",
    aliases = "show",
    description = "Show what is known of an encryption key, but not the key.",
    mixinStandardHelpOptions = true)
final class KeyInfoCommand extends KeySubcommand {
  @Parameters(arity = "0..1", paramLabel = "PATH", description = "Key file; else the default one.")
  private @Nullable Path path;

  KeyInfoCommand(Host host) {
    super(host, "info");
  }

  @Override
  Report work() throws IOException {
    Path found = existing(path);
    try (KeyFile file = KeyFile.read(found)) {
      return KeyReport.of("An encryption key.", found, file);
    }
  }
}
