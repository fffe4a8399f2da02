package org.qmpbs.client.cli;

import java.io.IOException;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.PbsServer;
import picocli.CommandLine.Command;

/** {@code qmpbs task stop}. */
@Command(
    name = "stop",
    description = "Ask a task to end. It does so when it gets to it: see its log.",
    mixinStandardHelpOptions = true)
final class TaskStopCommand extends TaskCommand {
  TaskStopCommand(Host host) {
    super(host, "task stop");
  }

  @Override
  Consequence consequence() {
    return Consequence.changing("qmpbs task list");
  }

  @Override
  Report work(PbsServer pbs, Output out) throws IOException {
    pbs.tasks().stop(upid());
    return new ActionReport(
        "asked the task to end; see: qmpbs task log '" + upid() + "'",
        summary -> summary.put("upid", upid().text()));
  }
}
