package org.qmpbs.client.cli;

import java.io.IOException;
import java.util.List;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsServer;
import picocli.CommandLine.Mixin;

/** What the commands that ask a server about its datastore have in common. */
abstract class ServerCommand implements CliCommand {
  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  private final Host host;
  private final String name;

  ServerCommand(Host host, String name) {
    this.host = host;
    this.name = name;
  }

  /** Does the work. */
  abstract Report work(PbsServer pbs, Output out) throws IOException;

  /** What a failure means; commands that change something have their own. */
  Consequence consequence() {
    return Consequence.NOTHING_CHANGED;
  }

  @Override
  public List<ExitCode> exitCodes() {
    return ServerCodes.LOOKING;
  }

  @Override
  public final Integer call() {
    return new CommandRunner(host, output, name)
        .run(
            consequence(),
            (out, interruption) -> {
              try (PbsServer pbs = server.open(host)) {
                interruption.cancelCalls(pbs);
                return work(pbs, out);
              }
            });
  }

  final Host host() {
    return host;
  }

  final OutputOptions output() {
    return output;
  }

  final Namespace namespace() {
    return server.namespace();
  }

  /** For examples that somebody copies: the option that is needed to see the same. */
  final String namespaceOption() {
    return namespace().isRoot() ? "" : " --ns " + namespace();
  }
}
