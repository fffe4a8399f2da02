package org.qmpbs.pbs;

import java.io.IOException;
import java.util.List;

/** Tasks of the server: backups, prunes, verifications, garbage collections. Thread-safe. */
public interface ServerTasks {
  /** Newest first. */
  List<TaskInfo> list(TaskFilter filter) throws IOException;

  /** Whether it runs, or how it ended. The server calls one that it does not know unknown, too. */
  TaskStatus status(Upid upid) throws IOException;

  /**
   * A part of its log.
   *
   * @param first number of the first line wanted, from 1
   * @param limit at most as many lines, at least 1
   * @return fewer than {@code limit} where the log ends for now
   */
  List<TaskLogLine> log(Upid upid, long first, int limit) throws IOException;

  /** Asks it to end. It does so when it gets to it, and one that does not run is no error. */
  void stop(Upid upid) throws IOException;
}
