package org.qmpbs.client.cli;

import java.util.List;
import org.qmpbs.client.config.Catalogue;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code qmpbs config}: the commands about the configuration of unattended backups. */
@Command(
    name = "config",
    description = "Check and show the configuration of unattended backups.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class ConfigCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  /** The command with all of its own. */
  static CommandLine line(Host host) {
    CommandLine line = new CommandLine(new ConfigCommand());
    Catalogue catalogue = MachineKeys.catalogue(host);
    List<ConfigSubcommand> commands =
        List.of(
            new ConfigCheckCommand(host, catalogue),
            new ConfigShowCommand(host, catalogue),
            new ConfigSchemaCommand(host, catalogue));
    for (ConfigSubcommand command : commands) {
      CommandLine sub = new CommandLine(command);
      Cli.describeExitCodes(sub, command);
      command.extend(sub.getCommandSpec());
      line.addSubcommand(sub);
    }
    return line;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command was given");
  }
}
