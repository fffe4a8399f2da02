package org.qmpbs.client.cli;

import java.io.IOException;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.PbsServer;
import picocli.CommandLine.Command;

/** {@code qmpbs task log}. */
@Command(
    name = "log",
    description = {
      "Show the log of a task. One that runs is followed to its end;",
      "the exit code says how that was. Interrupting does not stop the task."
    },
    mixinStandardHelpOptions = true)
final class TaskLogCommand extends TaskCommand {
  TaskLogCommand(Host host) {
    super(host, "task log");
  }

  @Override
  Consequence consequence() {
    return code -> "The task is not touched by this command.";
  }

  @Override
  Report work(PbsServer pbs, Output out) throws IOException {
    return TaskReport.follow(pbs.tasks(), upid(), out);
  }
}
