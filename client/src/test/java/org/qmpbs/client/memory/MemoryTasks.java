package org.qmpbs.client.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.pbs.ServerTasks;
import org.qmpbs.pbs.TaskFilter;
import org.qmpbs.pbs.TaskInfo;
import org.qmpbs.pbs.TaskLogLine;
import org.qmpbs.pbs.TaskStatus;
import org.qmpbs.pbs.Upid;

/** One task with a log that a test lets grow. */
public final class MemoryTasks implements ServerTasks {
  public final List<String> lines = new ArrayList<>();
  public @Nullable String exitStatus = "OK";
  public List<TaskInfo> listed = List.of();
  public @Nullable TaskFilter filter;
  public @Nullable Upid stopped;

  @Override
  public List<TaskInfo> list(TaskFilter filter) {
    this.filter = filter;
    return listed;
  }

  @Override
  public TaskStatus status(Upid upid) {
    return new TaskStatus(upid, Optional.ofNullable(exitStatus));
  }

  @Override
  public List<TaskLogLine> log(Upid upid, long first, int limit) {
    List<TaskLogLine> page = new ArrayList<>();
    for (long i = first; i <= lines.size() && page.size() < limit; i++) {
      page.add(new TaskLogLine(i, lines.get((int) i - 1)));
    }
    return page;
  }

  @Override
  public void stop(Upid upid) {
    stopped = upid;
  }
}
