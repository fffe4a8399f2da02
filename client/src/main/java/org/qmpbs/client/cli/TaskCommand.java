package org.qmpbs.client.cli;

import org.qmpbs.pbs.Upid;
import picocli.CommandLine.Parameters;

/** A command on one task. */
abstract class TaskCommand extends ServerCommand {
  @Parameters(
      paramLabel = "UPID",
      converter = Converters.ToUpid.class,
      description = "Name of the task, as qmpbs task list shows it, in quotes.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  private Upid upid;

  @SuppressWarnings("NullAway.Init")
  TaskCommand(Host host, String name) {
    super(host, name);
  }

  final Upid upid() {
    return upid;
  }
}
