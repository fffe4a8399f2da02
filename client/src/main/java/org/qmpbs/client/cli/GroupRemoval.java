package org.qmpbs.client.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.qmpbs.client.lookup.NotInDatastoreException;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.SnapshotInfo;

/** Removes a whole group, after it has said how much that is. */
final class GroupRemoval {
  private final ServerCommand command;
  private final YesOption yes;

  GroupRemoval(ServerCommand command, YesOption yes) {
    this.command = command;
    this.yes = yes;
  }

  Report run(PbsServer pbs, BackupGroup group) throws IOException {
    List<SnapshotInfo> all = pbs.snapshots(command.namespace(), Optional.of(group));
    if (all.isEmpty()) {
      throw new NotInDatastoreException(
          "there is no snapshot of " + group,
          "List what is there with: qmpbs groups" + command.namespaceOption());
    }
    long kept = all.stream().filter(SnapshotInfo::isProtected).count();
    yes.require(
        command.host(),
        command.output(),
        "Remove "
            + group
            + " with all its snapshots ("
            + all.size()
            + (kept == 0 ? "" : ", of which " + kept + " are protected and stay")
            + ")?");
    pbs.administration().forgetGroup(command.namespace(), group);
    return new ActionReport(
        "removed " + group + " with " + all.size() + " snapshots",
        summary -> {
          Rows.name(summary, group);
          summary.put("removed-snapshots", all.size());
        });
  }
}
