package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.qmpbs.client.output.Listing;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.client.output.TextTable;
import org.qmpbs.pbs.GroupInfo;
import org.qmpbs.pbs.PbsServer;
import picocli.CommandLine.Command;

/** {@code qmpbs groups}, the official client's {@code list}. */
@Command(
    name = "groups",
    aliases = "list",
    description = "List the groups of a namespace.",
    mixinStandardHelpOptions = true)
final class GroupsCommand extends ServerCommand {
  GroupsCommand(Host host) {
    super(host, "groups");
  }

  @Override
  Report work(PbsServer pbs, Output out) throws IOException {
    return new Groups(pbs.administration().groups(namespace()));
  }

  private record Groups(List<GroupInfo> groups) implements Listing {
    @Override
    public List<String> text() {
      TextTable table =
          new TextTable("GROUP", "LAST SNAPSHOT", "SNAPSHOTS", "OWNER", "FILES", "COMMENT");
      for (GroupInfo info : groups) {
        table.row(
            info.group().toString(),
            info.last().toString(),
            String.valueOf(info.count()),
            info.owner() == null ? "-" : info.owner(),
            String.join(" ", info.files()),
            info.comment() == null ? "-" : OneLine.of(info.comment()));
      }
      return table.lines();
    }

    @Override
    public void describe(ObjectNode summary) {
      ArrayNode rows = summary.putArray("groups");
      for (GroupInfo info : groups) {
        ObjectNode row = rows.addObject();
        Rows.name(row, info.group());
        row.put("last-backup", info.last().time()).put("backup-count", info.count());
        ArrayNode files = row.putArray("files");
        info.files().forEach(files::add);
        if (info.owner() != null) {
          row.put("owner", info.owner());
        }
        if (info.comment() != null) {
          row.put("comment", info.comment());
        }
      }
    }
  }
}
