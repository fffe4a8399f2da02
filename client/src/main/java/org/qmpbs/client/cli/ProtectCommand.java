package org.qmpbs.client.cli;

import java.io.IOException;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.PbsServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code qmpbs protect}, the official client's {@code snapshot protected update}. */
@Command(
    name = "protect",
    description = "Protect a snapshot from being removed, or no longer.",
    mixinStandardHelpOptions = true)
final class ProtectCommand extends SnapshotCommand {
  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "true|false",
      description = "Whether to protect it; default: true.")
  private boolean isProtected = true;

  ProtectCommand(Host host, String name) {
    super(host, name);
  }

  @Override
  Consequence consequence() {
    return Consequence.changing(lookAt("protected show"));
  }

  @Override
  Report work(PbsServer pbs, Output out) throws IOException {
    pbs.administration().setProtected(namespace(), snapshot(), isProtected);
    return new ActionReport(
        snapshot() + (isProtected ? " is protected" : " is not protected any more"),
        summary -> {
          Rows.name(summary, snapshot());
          summary.put("protected", isProtected);
        });
  }
}
