package org.qmpbs.client.task;

import java.io.IOException;
import org.qmpbs.pbs.HasRemedy;
import org.qmpbs.pbs.TaskOutcome;
import org.qmpbs.pbs.TaskStatus;

/** A task of the server has ended, and not well. */
public final class TaskFailedException extends IOException implements HasRemedy {
  private static final long serialVersionUID = 1L;

  private final String upid;

  private TaskFailedException(TaskStatus status, String message) {
    super(message);
    this.upid = status.upid().text();
  }

  /**
   * Returns if the task did what it was asked for, with or without warnings.
   *
   * @param status of a task that has ended
   */
  public static void requireDone(TaskStatus status) throws TaskFailedException {
    TaskOutcome outcome =
        status.outcome().orElseThrow(() -> new IllegalArgumentException("the task runs"));
    if (outcome == TaskOutcome.ERROR) {
      throw new TaskFailedException(
          status, "the task failed: " + status.exitStatus().orElse("unknown"));
    }
    if (outcome == TaskOutcome.UNKNOWN) {
      throw new TaskFailedException(
          status, "the server does not know how the task ended (was it stopped or killed?)");
    }
  }

  @Override
  public String remedy() {
    return "See what it says: qmpbs task log '" + upid + "'";
  }
}
