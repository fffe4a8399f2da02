package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.config.Catalogue;
import org.qmpbs.client.config.ConfigPlace;
import org.qmpbs.client.config.ConfigReader;
import org.qmpbs.client.config.Configuration;
import org.qmpbs.client.output.Report;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** What the commands about the configuration have in common. */
abstract class ConfigSubcommand implements CliCommand {
  @Mixin private final OutputOptions output = new OutputOptions();

  private final Host host;
  private final String name;
  private final Catalogue catalogue;

  ConfigSubcommand(Host host, Catalogue catalogue, String name) {
    this.host = host;
    this.catalogue = catalogue;
    this.name = name;
  }

  /** Does the work. */
  abstract Report work() throws IOException;

  /** Adds options that only the catalogue knows. */
  void extend(CommandSpec spec) {}

  @Override
  public final Integer call() {
    return new CommandRunner(host, output, "config " + name)
        .run(Consequence.NOTHING_CHANGED, (out, interruption) -> work());
  }

  final Host host() {
    return host;
  }

  final Catalogue catalogue() {
    return catalogue;
  }

  /** Reads the files. */
  final Configuration read(@Nullable Path place) throws IOException {
    long uid =
        (Integer)
            Objects.requireNonNull(Files.getAttribute(Path.of("/proc/self"), "unix:uid"), "uid");
    ConfigPlace found = ConfigPlace.find(place, host.environment(), uid);
    return new ConfigReader(catalogue, uid).read(found);
  }
}
