package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.qmpbs.client.output.Listing;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.client.output.TextTable;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.TaskFilter;
import org.qmpbs.pbs.TaskInfo;
import org.qmpbs.pbs.Upid;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code qmpbs task list}. */
@Command(
    name = "list",
    description = "List the server's tasks on this datastore that run, newest first.",
    mixinStandardHelpOptions = true)
final class TaskListCommand extends ServerCommand {
  /** As the official client has it. */
  private static final int MAX_LIMIT = 1000;

  @Option(names = "--all", description = "Those that have ended, too.")
  private boolean all;

  @Option(names = "--running", description = "Only those that run, which is the default.")
  private boolean running;

  @Option(names = "--errors", description = "Only those that have failed; with --all.")
  private boolean errors;

  @Option(
      names = "--limit",
      paramLabel = "NUMBER",
      description = "At most as many, 1 to 1000; default: 50.")
  private int limit = TaskFilter.DEFAULT_LIMIT;

  TaskListCommand(Host host) {
    super(host, "task list");
  }

  @Override
  Report work(PbsServer pbs, Output out) throws IOException {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new UsageException(
          "a limit of " + limit + " tasks is not possible", "Give --limit from 1 to 1000.");
    }
    if ((all || errors) && running) {
      throw new UsageException(
          "--running contradicts --all and --errors", "Leave one of them out.");
    }
    TaskFilter filter =
        new TaskFilter(
            !all && !errors,
            errors,
            true,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            limit);
    return new Tasks(pbs.tasks().list(filter));
  }

  private record Tasks(List<TaskInfo> tasks) implements Listing {
    @Override
    public List<String> text() {
      TextTable table = new TextTable("STARTED", "ENDED", "STATUS", "UPID");
      for (TaskInfo task : tasks) {
        table.row(
            task.upid().startTime().toString(),
            task.endTime().isPresent()
                ? Instant.ofEpochSecond(task.endTime().getAsLong()).toString()
                : "-",
            task.status() == null ? "running" : OneLine.of(task.status()),
            task.upid().text());
      }
      return table.lines();
    }

    @Override
    public void describe(ObjectNode summary) {
      ArrayNode rows = summary.putArray("tasks");
      for (TaskInfo task : tasks) {
        Upid upid = task.upid();
        ObjectNode row =
            rows.addObject()
                .put("upid", upid.text())
                .put("node", upid.node())
                .put("pid", upid.pid())
                .put("pstart", upid.pstart())
                .put("starttime", upid.startTime().getEpochSecond())
                .put("worker_type", upid.workerType())
                .put("worker_id", upid.workerId().orElse(null))
                .put("user", upid.authId());
        task.endTime().ifPresent(time -> row.put("endtime", time));
        if (task.status() != null) {
          row.put("status", task.status());
        }
      }
    }
  }
}
