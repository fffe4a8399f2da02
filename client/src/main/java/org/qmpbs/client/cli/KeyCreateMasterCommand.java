package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.qmpbs.client.key.Passphrases;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.key.MasterPrivateKey;
import org.qmpbs.pbs.key.Passphrase;
import org.qmpbs.pbs.key.SecretFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code qmpbs key create-master-key}. */
@Command(
    name = "create-master-key",
    description = "Make a master key: master-public.pem and master-private.pem.",
    mixinStandardHelpOptions = true)
final class KeyCreateMasterCommand extends KeySubcommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "FOLDER",
      defaultValue = ".",
      description = "Where the two files go (default: here).")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path folder;

  KeyCreateMasterCommand(Host host) {
    super(host, "create-master-key");
  }

  @Override
  Report work() throws IOException {
    Path publicFile = folder.resolve("master-public.pem");
    Path privateFile = folder.resolve("master-private.pem");
    for (Path file : new Path[] {publicFile, privateFile}) {
      if (Files.exists(file)) {
        throw new FileAlreadyExistsException(file.toString());
      }
    }
    try (Passphrase passphrase = passphrases().get(Passphrases.Which.NEW)) {
      MasterPrivateKey key = MasterPrivateKey.generate(MasterPrivateKey.BITS, host().random());
      byte[] pem = key.toPem(passphrase, host().random());
      try {
        SecretFiles.create(privateFile, pem);
      } finally {
        Arrays.fill(pem, (byte) 0);
      }
      SecretFiles.create(publicFile, key.publicKey().toPem());
      return new MasterKeyReport(
          "The master key was made. Move "
              + privateFile
              + " to a safe place, and import the public one on the hosts that make backups.",
          publicFile,
          key.publicKey());
    }
  }
}
