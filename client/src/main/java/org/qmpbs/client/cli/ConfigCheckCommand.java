package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.config.Catalogue;
import org.qmpbs.client.config.Configuration;
import org.qmpbs.client.config.Precedence;
import org.qmpbs.client.config.Resolution;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Report;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code qmpbs config check}. */
@Command(
    name = "check",
    description = {
      "Find what is wrong with the configuration, and what of it cannot be reached.",
      "Runs the password commands of repositories, unless --offline is given."
    },
    mixinStandardHelpOptions = true)
final class ConfigCheckCommand extends ConfigSubcommand {
  @Option(
      names = "--config",
      paramLabel = "PLACE",
      description =
          "Folder with config.yaml and machines.d, or the file; default: QMPBS_CONFIG, else"
              + " ~/.config/qmpbs of a user, else /etc/qmpbs.")
  private @Nullable Path place;

  @Option(names = "--offline", description = "Ask no machine and no server.")
  private boolean offline;

  ConfigCheckCommand(Host host, Catalogue catalogue) {
    super(host, catalogue, "check");
  }

  @Override
  public List<ExitCode> exitCodes() {
    List<ExitCode> codes = new ArrayList<>(ServerCodes.LOOKING);
    codes.add(ExitCode.NOT_FOUND);
    codes.add(ExitCode.TARGET);
    return codes;
  }

  @Override
  Report work() throws IOException {
    Configuration configuration = read(place);
    Resolution resolution =
        Resolution.of(
            configuration,
            catalogue(),
            new Precedence(catalogue(), host().environment(), Map.of()),
            new BackupTrial(host()));
    Reachability reachability = new Reachability(host(), catalogue());
    boolean asks = !offline && !resolution.hasErrors();
    List<Reachability.Trouble> troubles = new ArrayList<>(reachability.files(configuration));
    if (asks) {
      troubles.addAll(reachability.machines(resolution));
      troubles.addAll(reachability.repositories(resolution));
    }
    return new ConfigCheckReport(resolution, troubles, asks, offline);
  }
}
