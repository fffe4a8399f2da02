package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.Version;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Listing;
import org.qmpbs.client.output.Output;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.ServerVersion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code qmpbs version}. */
@Command(
    name = "version",
    description = "Show the version, and the server's if there is a repository.",
    mixinStandardHelpOptions = true)
final class VersionCommand implements CliCommand, CommandLine.IVersionProvider {
  @Mixin private final ServerOptions server = new ServerOptions();
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
    return List.of(ExitCode.INTERRUPTED, ExitCode.TERMINATED);
  }

  @Override
  public Integer call() {
    Host host = Objects.requireNonNull(this.host);
    return new CommandRunner(host, output, "version")
        .run(
            Consequence.NOTHING_CHANGED,
            (out, interruption) -> {
              Optional<ServerVersion> found = Optional.empty();
              if (server.isGiven(host)) {
                found = serverVersion(host, out);
              }
              return new Versions(Version.current(), found);
            });
  }

  /** A server that cannot be asked is no failure: this program's version is known all the same. */
  private Optional<ServerVersion> serverVersion(Host host, Output out) {
    try (PbsServer pbs = server.open(host)) {
      return Optional.of(pbs.serverVersion());
    } catch (IOException e) {
      out.warn("the server's version is not known: " + e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public String[] getVersion() throws IOException {
    return new String[] {Version.current().line()};
  }

  private record Versions(Version client, Optional<ServerVersion> server) implements Listing {
    @Override
    public List<String> text() {
      List<String> lines = new ArrayList<>();
      lines.add(client.line());
      server.ifPresent(version -> lines.add("server version: " + version));
      return lines;
    }

    @Override
    public void describe(ObjectNode summary) {
      summary.put("version", client.number()).put("java", Runtime.version().toString());
      summary.putObject("client").put("version", client.number());
      server.ifPresent(
          version ->
              summary
                  .putObject("server")
                  .put("version", version.version())
                  .put("release", version.release())
                  .put("repoid", version.repoid()));
    }
  }
}
