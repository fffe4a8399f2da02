package org.qmpbs.client.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code qmpbs} without a command. */
@Command(
    name = "qmpbs",
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Incremental backup of QEMU/KVM machines to Proxmox Backup Server.",
    footer = {
      "",
      "Server and secrets come from the environment, as proxmox-backup-client has them:",
      "PBS_REPOSITORY, PBS_FINGERPRINT, PBS_PASSWORD or PBS_PASSWORD_{FD,FILE,CMD},",
      "or systemd credentials proxmox-backup-client.{repository,password,fingerprint}."
    })
final class RootCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command was given");
  }
}
