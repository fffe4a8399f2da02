package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Listing;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code qmpbs version}. */
@Command(name = "version", description = "Show the version.", mixinStandardHelpOptions = true)
final class VersionCommand implements CliCommand, CommandLine.IVersionProvider {
  @Mixin private final OutputOptions output = new OutputOptions();

  private final @Nullable Host host;

  /** For picocli, which asks it for {@code --version} only. */
  VersionCommand() {
    this.host = null;
  }

  VersionCommand(Host host) {
    this.host = host;
  }

  @Override
  public List<ExitCode> exitCodes() {
    return List.of();
  }

  @Override
  public Integer call() {
    return new CommandRunner(Objects.requireNonNull(host), output, "version")
        .run(Consequence.NOTHING_CHANGED, (out, interruption) -> new Version(number()));
  }

  @Override
  public String[] getVersion() throws IOException {
    return new Version(number()).text().toArray(String[]::new);
  }

  private static String number() throws IOException {
    Properties properties = new Properties();
    try (InputStream in =
        VersionCommand.class.getResourceAsStream("/org/qmpbs/client/version.properties")) {
      properties.load(Objects.requireNonNull(in, "version.properties is in the jar"));
    }
    return properties.getProperty("version", "unknown");
  }

  private record Version(String number) implements Listing {
    @Override
    public List<String> text() {
      return List.of("qmpbs " + number + " (Java " + Runtime.version() + ")");
    }

    @Override
    public void describe(ObjectNode summary) {
      summary.put("version", number).put("java", Runtime.version().toString());
    }
  }
}
