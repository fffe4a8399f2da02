package org.qmpbs.client.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code qmpbs key}: the commands about keys, named as the official client names them. */
@Command(
    name = "key",
    description = "Make, change and show encryption keys and master keys.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class KeyCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  /** The command with all of its own. */
  static CommandLine line(Host host) {
    CommandLine line = new CommandLine(new KeyCommand());
    List<CliCommand> commands =
        List.of(
            new KeyCreateCommand(host),
            new KeyChangePassphraseCommand(host),
            new KeyInfoCommand(host),
            new KeyCheckCommand(host),
            new KeyImportCommand(host),
            new KeyCreateMasterCommand(host),
            new KeyImportMasterCommand(host),
            new KeyShowMasterCommand(host),
            new KeyPaperCommand(host));
    for (CliCommand command : commands) {
      CommandLine sub = new CommandLine(command);
      Cli.describeExitCodes(sub, command);
      line.addSubcommand(sub);
    }
    return line;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command was given");
  }
}
