package org.qmpbs.client.cli;

import java.io.IOException;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.PbsServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code qmpbs notes update}. */
@Command(
    name = "update",
    description = "Replace the notes of a snapshot.",
    mixinStandardHelpOptions = true)
final class NotesUpdateCommand extends SnapshotCommand {
  @Parameters(
      index = "1",
      paramLabel = "NOTES",
      description = "The new notes, which may have several lines; empty to remove them.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  private String notes;

  @SuppressWarnings("NullAway.Init")
  NotesUpdateCommand(Host host) {
    super(host, "notes update");
  }

  @Override
  Consequence consequence() {
    return Consequence.changing(lookAt("notes show"));
  }

  @Override
  Report work(PbsServer pbs, Output out) throws IOException {
    try {
      pbs.administration().setNotes(namespace(), snapshot(), notes);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), "Shorten them.");
    }
    return new ActionReport(
        "changed the notes of " + snapshot(), summary -> Rows.name(summary, snapshot()));
  }
}
