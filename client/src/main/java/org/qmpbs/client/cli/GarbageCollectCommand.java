package org.qmpbs.client.cli;

import java.io.IOException;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.Upid;
import picocli.CommandLine.Command;

/** {@code qmpbs garbage-collect}. */
@Command(
    name = "garbage-collect",
    description = "Start a garbage collection of the datastore, and follow it to its end.",
    mixinStandardHelpOptions = true)
final class GarbageCollectCommand extends ServerCommand {
  GarbageCollectCommand(Host host) {
    super(host, "garbage-collect");
  }

  @Override
  Consequence consequence() {
    return Consequence.changing("qmpbs task list --all");
  }

  @Override
  Report work(PbsServer pbs, Output out) throws IOException {
    Upid upid = pbs.administration().collectGarbage();
    return TaskReport.follow(pbs.tasks(), upid, out);
  }
}
