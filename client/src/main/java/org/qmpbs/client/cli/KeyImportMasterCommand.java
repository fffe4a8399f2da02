package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.key.MasterPublicKey;
import org.qmpbs.pbs.key.SecretFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code qmpbs key import-master-pubkey}. */
@Command(
    name = "import-master-pubkey",
    description = "Make a public master key the default one of this user.",
    mixinStandardHelpOptions = true)
final class KeyImportMasterCommand extends KeySubcommand {
  @Parameters(arity = "1", paramLabel = "PATH", description = "RSA public key, PEM.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path path;

  KeyImportMasterCommand(Host host) {
    super(host, "import-master-pubkey");
  }

  @Override
  Report work() throws IOException {
    MasterPublicKey key = MasterPublicKey.read(path);
    Path target = defaults().newMasterKey();
    SecretFiles.replace(target, key.toPem());
    return new MasterKeyReport("The master key was imported.", target, key);
  }
}
