package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.key.MasterPublicKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code qmpbs key show-master-pubkey}. */
@Command(
    name = "show-master-pubkey",
    description = "Show a public master key.",
    mixinStandardHelpOptions = true)
final class KeyShowMasterCommand extends KeySubcommand {
  @Parameters(arity = "0..1", paramLabel = "PATH", description = "PEM; else the default one.")
  private @Nullable Path path;

  KeyShowMasterCommand(Host host) {
    super(host, "show-master-pubkey");
  }

  @Override
  Report work() throws IOException {
    Path file = path != null ? path : found(defaults().masterKey());
    return new MasterKeyReport("A public master key.", file, MasterPublicKey.read(file));
  }
}
