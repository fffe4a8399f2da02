package org.qmpbs.client.cli;

import org.qmpbs.pbs.BackupGroup;
import picocli.CommandLine.Parameters;

/** A command on one group. */
abstract class GroupCommand extends ServerCommand {
  @Parameters(
      index = "0",
      paramLabel = "GROUP",
      converter = Converters.ToGroup.class,
      description = "type/id, for instance vm/100.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  private BackupGroup group;

  @SuppressWarnings("NullAway.Init")
  GroupCommand(Host host, String name) {
    super(host, name);
  }

  final BackupGroup group() {
    return group;
  }
}
