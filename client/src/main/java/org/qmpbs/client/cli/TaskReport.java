package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.qmpbs.client.output.Listing;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.task.TaskFailedException;
import org.qmpbs.client.task.TaskFollower;
import org.qmpbs.pbs.ServerTasks;
import org.qmpbs.pbs.TaskOutcome;
import org.qmpbs.pbs.TaskStatus;
import org.qmpbs.pbs.Upid;

/**
 * A task that was followed to its end; its log was shown on the way, so that text has no more to
 * say.
 */
record TaskReport(TaskStatus status) implements Listing {
  /** Shows the log as it grows. */
  static TaskReport follow(ServerTasks tasks, Upid upid, Output out) throws IOException {
    TaskStatus status = new TaskFollower(tasks).follow(upid, line -> out.line(line.text()));
    TaskFailedException.requireDone(status);
    if (status.outcome().filter(TaskOutcome.WARNINGS::equals).isPresent()) {
      out.warn("the task has ended with warnings, which its log shows");
    }
    return new TaskReport(status);
  }

  @Override
  public List<String> text() {
    return List.of();
  }

  @Override
  public void describe(ObjectNode summary) {
    summary.put("upid", status.upid().text()).put("status", "stopped");
    status.exitStatus().ifPresent(text -> summary.put("exitstatus", text));
  }
}
