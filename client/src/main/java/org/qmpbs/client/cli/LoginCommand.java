package org.qmpbs.client.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code qmpbs login}: what the settings that say who we are are good for. */
@Command(
    name = "login",
    description = "Look at how the server sees this login.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class LoginCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  /** The command with all of its own. */
  static CommandLine line(Host host) {
    CommandLine line = new CommandLine(new LoginCommand());
    LoginCheckCommand check = new LoginCheckCommand(host);
    CommandLine sub = new CommandLine(check);
    Cli.describeExitCodes(sub, check);
    return line.addSubcommand(sub);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command was given");
  }
}
