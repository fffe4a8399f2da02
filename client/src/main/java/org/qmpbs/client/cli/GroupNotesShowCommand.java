package org.qmpbs.client.cli;

import java.io.IOException;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.PbsServer;
import picocli.CommandLine.Command;

/** {@code qmpbs group-notes show}. */
@Command(name = "show", description = "Show the notes of a group.", mixinStandardHelpOptions = true)
final class GroupNotesShowCommand extends GroupCommand {
  GroupNotesShowCommand(Host host) {
    super(host, "group-notes show");
  }

  @Override
  Report work(PbsServer pbs, Output out) throws IOException {
    String notes = pbs.administration().groupNotes(namespace(), group());
    return new ValueReport(
        notes.lines().toList(),
        summary -> {
          Rows.name(summary, group());
          summary.put("notes", notes);
        });
  }
}
