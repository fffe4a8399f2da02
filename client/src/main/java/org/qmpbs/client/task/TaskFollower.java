package org.qmpbs.client.task;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.qmpbs.pbs.ServerTasks;
import org.qmpbs.pbs.TaskLogLine;
import org.qmpbs.pbs.TaskStatus;
import org.qmpbs.pbs.Upid;

/**
 * Tells the lines of a task's log as they come, until the task has ended. The task is not ours:
 * when following fails or is interrupted, it goes on, and may be followed again.
 */
public final class TaskFollower {
  /** Lines for one call; the official client takes as many. */
  private static final int PAGE = 500;

  /** A log grows by lines for people; more often than this nobody reads them. */
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final ServerTasks tasks;
  private final Pause pause;

  /** How to let time pass. */
  public interface Pause {
    /** Waits. */
    void pass(Duration time) throws InterruptedException;
  }

  /** Follows tasks of one server. */
  public TaskFollower(ServerTasks tasks) {
    this(tasks, time -> Thread.sleep(time.toMillis()));
  }

  /** Follows with a clock of its own. */
  public TaskFollower(ServerTasks tasks, Pause pause) {
    this.tasks = tasks;
    this.pause = pause;
  }

  /**
   * Gives every line of the log to {@code lines}, those that there are at once, and returns when
   * the task has ended and all of its lines were given.
   *
   * @return how it ended; never one that runs
   * @throws InterruptedIOException if the thread is interrupted
   */
  public TaskStatus follow(Upid upid, Consumer<TaskLogLine> lines) throws IOException {
    long next = 1;
    while (true) {
      // Asked before the log is read: what an ended task has written is all there then.
      TaskStatus status = tasks.status(upid);
      next = read(upid, next, lines);
      if (!status.isRunning()) {
        return status;
      }
      sleep();
    }
  }

  private long read(Upid upid, long first, Consumer<TaskLogLine> lines) throws IOException {
    long next = first;
    while (true) {
      List<TaskLogLine> page = tasks.log(upid, next, PAGE);
      page.forEach(lines);
      next += page.size();
      if (page.size() < PAGE) {
        return next;
      }
    }
  }

  private void sleep() throws InterruptedIOException {
    try {
      pause.pass(INTERVAL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted =
          new InterruptedIOException("interrupted while a task was followed");
      interrupted.initCause(e);
      throw interrupted;
    }
  }
}
