package org.qmpbs.client.cli;

import java.io.IOException;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.PbsServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code qmpbs group-notes update}. */
@Command(
    name = "update",
    description = "Replace the notes of a group.",
    mixinStandardHelpOptions = true)
final class GroupNotesUpdateCommand extends GroupCommand {
  @Parameters(
      index = "1",
      paramLabel = "NOTES",
      description = "The new notes, which may have several lines; empty to remove them.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  private String notes;

  @SuppressWarnings("NullAway.Init")
  GroupNotesUpdateCommand(Host host) {
    super(host, "group-notes update");
  }

  @Override
  Consequence consequence() {
    return Consequence.changing("qmpbs group-notes show " + group() + namespaceOption());
  }

  @Override
  Report work(PbsServer pbs, Output out) throws IOException {
    try {
      pbs.administration().setGroupNotes(namespace(), group(), notes);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), "Shorten them.");
    }
    return new ActionReport(
        "changed the notes of " + group(), summary -> Rows.name(summary, group()));
  }
}
