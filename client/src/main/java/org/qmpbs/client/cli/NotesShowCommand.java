package org.qmpbs.client.cli;

import java.io.IOException;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.PbsServer;
import picocli.CommandLine.Command;

/** {@code qmpbs notes show}. */
@Command(
    name = "show",
    description = "Show the notes of a snapshot.",
    mixinStandardHelpOptions = true)
final class NotesShowCommand extends SnapshotCommand {
  NotesShowCommand(Host host) {
    super(host, "notes show");
  }

  @Override
  Report work(PbsServer pbs, Output out) throws IOException {
    String notes = pbs.administration().notes(namespace(), snapshot());
    return new ValueReport(
        notes.lines().toList(),
        summary -> {
          Rows.name(summary, snapshot());
          summary.put("notes", notes);
        });
  }
}
