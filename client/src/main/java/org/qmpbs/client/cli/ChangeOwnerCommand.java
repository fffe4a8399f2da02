package org.qmpbs.client.cli;

import java.io.IOException;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.PbsServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code qmpbs change-owner}. */
@Command(
    name = "change-owner",
    description = "Hand a group over to another user or token.",
    mixinStandardHelpOptions = true)
final class ChangeOwnerCommand extends GroupCommand {
  @Parameters(
      index = "1",
      paramLabel = "NEW-OWNER",
      description = "user@realm, or user@realm!token (in quotes, for the shell).")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  private String owner;

  @SuppressWarnings("NullAway.Init")
  ChangeOwnerCommand(Host host) {
    super(host, "change-owner");
  }

  @Override
  Consequence consequence() {
    return Consequence.changing("qmpbs groups" + namespaceOption());
  }

  @Override
  Report work(PbsServer pbs, Output out) throws IOException {
    if (!owner.matches("[^\\s@!]+@[^\\s@!]+(![^\\s@!]+)?")) {
      throw new UsageException(
          "'" + owner + "' is not a user or a token", "Name it as user@realm or user@realm!token.");
    }
    pbs.administration().changeOwner(namespace(), group(), owner);
    return new ActionReport(
        group() + " belongs to " + owner + " now",
        summary -> {
          Rows.name(summary, group());
          summary.put("new-owner", owner);
        });
  }
}
