package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.config.Catalogue;
import org.qmpbs.client.config.Configuration;
import org.qmpbs.client.config.EffectiveMachine;
import org.qmpbs.client.config.Finding;
import org.qmpbs.client.config.Key;
import org.qmpbs.client.config.Precedence;
import org.qmpbs.client.config.Resolution;
import org.qmpbs.client.config.ValueForm;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Report;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code qmpbs config show}. */
@Command(
    name = "show",
    description = {
      "Show what the configuration says of machines, and where; secrets as references only.",
      "The options of a machine show what would hold if they were given to a run."
    },
    mixinStandardHelpOptions = true)
final class ConfigShowCommand extends ConfigSubcommand {
  @Option(
      names = "--config",
      paramLabel = "PLACE",
      description = "Folder with config.yaml and machines.d, or the file; see config check.")
  private @Nullable Path place;

  @Option(
      names = "--effective",
      description = "Also what holds because nobody says anything else, for each key.")
  private boolean effective;

  @Parameters(arity = "0..1", paramLabel = "MACHINE", description = "Only this machine.")
  private @Nullable String machine;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  ConfigShowCommand(Host host, Catalogue catalogue) {
    super(host, catalogue, "show");
  }

  @Override
  void extend(CommandSpec extended) {
    MachineKeys.options(catalogue()).forEach(extended::addOption);
  }

  @Override
  public List<ExitCode> exitCodes() {
    return List.of(ExitCode.NOT_FOUND, ExitCode.TARGET);
  }

  @Override
  Report work() throws IOException {
    Configuration configuration = read(place);
    Resolution resolution =
        Resolution.of(
            configuration,
            catalogue(),
            new Precedence(catalogue(), host().environment(), given()),
            new BackupTrial(host()));
    List<Finding> errors = resolution.findings().stream().filter(Finding::isError).toList();
    if (!errors.isEmpty()) {
      throw new UsageException(
          "the configuration has "
              + (errors.size() == 1 ? "an error" : errors.size() + " errors; the first")
              + ": "
              + errors.get(0).where().label()
              + ": "
              + errors.get(0).problem(),
          "See all with: qmpbs config check");
    }
    return new ConfigShowReport(catalogue(), machines(resolution), effective);
  }

  private List<EffectiveMachine> machines(Resolution resolution) throws UsageException {
    if (machine == null) {
      return List.copyOf(resolution.machines().values());
    }
    EffectiveMachine found = resolution.machines().get(machine);
    if (found == null) {
      throw new UsageException(
          "no machine '" + machine + "' is configured",
          "There are: " + String.join(", ", resolution.machines().keySet()));
    }
    return List.of(found);
  }

  private Map<String, List<String>> given() {
    Map<String, List<String>> words = new HashMap<>();
    for (Key key : catalogue().machineKeys()) {
      OptionSpec option = spec.commandLine().getParseResult().matchedOption(key.option());
      if (option != null) {
        words.put(
            key.path(),
            key.form().kind() == ValueForm.Kind.FLAG
                ? List.of("true")
                : List.copyOf(option.stringValues()));
      }
    }
    return words;
  }
}
