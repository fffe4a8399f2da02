package org.qmpbs.client.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A word before other commands, which does nothing by itself. */
@Command(synopsisSubcommandLabel = "COMMAND", mixinStandardHelpOptions = true)
final class Family implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  private Family() {}

  /** A family called {@code name}. */
  static CommandLine line(String name, String description, Object... commands) {
    CommandLine line = new CommandLine(new Family());
    line.getCommandSpec().name(name).usageMessage().description(description);
    for (Object each : commands) {
      if (each instanceof CommandLine family) {
        line.addSubcommand(family);
      } else {
        add(line, (CliCommand) each);
      }
    }
    return line;
  }

  /** Adds a command with its exit codes. */
  static void add(CommandLine parent, CliCommand command) {
    CommandLine line = new CommandLine(command);
    Cli.describeExitCodes(line, command);
    parent.addSubcommand(line);
  }

  /** Adds a command under another name than its own. */
  static CommandLine named(String name, CliCommand command) {
    CommandLine line = new CommandLine(command);
    line.getCommandSpec().name(name).aliases();
    Cli.describeExitCodes(line, command);
    return line;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command was given");
  }
}
