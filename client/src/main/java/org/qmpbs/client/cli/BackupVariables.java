package org.qmpbs.client.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.qmpbs.client.config.Catalogue;
import org.qmpbs.client.config.Finding;
import org.qmpbs.client.config.Key;
import org.qmpbs.client.config.VariableArguments;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Options of {@code qmpbs backup} that are not given but have a variable: {@code QMPBS_RATE} is
 * {@code --rate}. They are put in front of the others, so that they are parsed like them.
 */
final class BackupVariables {
  private static final String COMMAND = "backup";

  private final Host host;

  BackupVariables(Host host) {
    this.host = host;
  }

  /**
   * {@code args} with what the environment has to say.
   *
   * @param root the command line that they are for
   * @throws ParameterException if a variable makes no sense
   */
  String[] addTo(CommandLine root, String... args) {
    if (args.length == 0
        || !args[0].equals(COMMAND)
        || host.environment().keySet().stream().noneMatch(name -> name.startsWith(Key.PREFIX))) {
      return args;
    }
    Catalogue catalogue = MachineKeys.catalogue(host);
    List<String> rest = Arrays.asList(args).subList(1, args.length);
    CommandLine line = new CommandLine(new BackupCommand(host)).setExpandAtFiles(false);
    // Only to see what is given; what is wrong with it is told when it is parsed for good.
    line.getCommandSpec().parser().collectErrors(true);
    ParseResult given = line.parseArgs(rest.toArray(String[]::new));
    if (given.isUsageHelpRequested()) {
      return args;
    }
    VariableArguments variables =
        VariableArguments.of(
            catalogue, host.environment(), key -> !given.hasMatchedOption(key.option()));
    for (Finding finding : variables.findings()) {
      throw new ParameterException(
          Objects.requireNonNull(root.getSubcommands().get(COMMAND)),
          finding.where().label() + ": " + finding.problem());
    }
    List<String> all = new ArrayList<>(List.of(COMMAND));
    all.addAll(variables.arguments());
    all.addAll(rest);
    return all.toArray(String[]::new);
  }
}
