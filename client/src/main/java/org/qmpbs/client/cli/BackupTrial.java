package org.qmpbs.client.cli;

import java.util.List;
import java.util.Optional;
import org.qmpbs.client.config.Resolution;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Parses the arguments of a backup, and has the command judge them, without running it. */
final class BackupTrial implements Resolution.Trial {
  private final Host host;

  BackupTrial(Host host) {
    this.host = host;
  }

  @Override
  public Optional<Resolution.Problem> of(List<String> arguments) {
    BackupCommand command = new BackupCommand(host);
    try {
      new CommandLine(command).setExpandAtFiles(false).parseArgs(arguments.toArray(String[]::new));
      command.request();
      return Optional.empty();
    } catch (ParameterException e) {
      return Optional.of(
          new Resolution.Problem(
              String.valueOf(e.getMessage()), "See qmpbs backup --help for the option."));
    } catch (UsageException e) {
      return Optional.of(new Resolution.Problem(String.valueOf(e.getMessage()), e.remedy()));
    }
  }
}
