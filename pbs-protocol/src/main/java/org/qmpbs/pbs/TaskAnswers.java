package org.qmpbs.pbs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers about tasks. */
final class TaskAnswers {
  private TaskAnswers() {}

  static List<TaskInfo> list(JsonNode data) throws BadAnswerException {
    List<TaskInfo> tasks = new ArrayList<>();
    for (JsonRow row : JsonRow.rows("tasks", data)) {
      tasks.add(
          new TaskInfo(
              AdminAnswers.upid("tasks", row.node().path("upid")),
              row.optionalInteger("endtime"),
              row.textOrNull("status")));
    }
    return tasks;
  }

  static TaskStatus status(Upid upid, JsonNode data) throws BadAnswerException {
    JsonRow row = JsonRow.of("task status", data);
    String status = row.text("status");
    return switch (status) {
      case "running" -> new TaskStatus(upid, Optional.empty());
      // Servers before 2.0 may leave the end out; then nobody knows it.
      case "stopped" -> {
        String end = row.textOrNull("exitstatus");
        yield new TaskStatus(upid, Optional.of(end == null ? "unknown" : end));
      }
      default ->
          throw new BadAnswerException(
              "task status", "expected 'running' or 'stopped', found '" + status + "'");
    };
  }

  /** Numbers without a gap: a reader who counts on must neither miss a line nor get one twice. */
  static List<TaskLogLine> lines(long first, int limit, JsonNode data) throws BadAnswerException {
    List<TaskLogLine> lines = new ArrayList<>();
    for (JsonRow row : JsonRow.rows("task log", data)) {
      long expected = first + lines.size();
      long number = row.integer("n");
      if (number != expected || lines.size() == limit) {
        throw new BadAnswerException(
            "task log",
            "expected "
                + limit
                + " lines from "
                + first
                + ", found "
                + number
                + " as number "
                + (lines.size() + 1));
      }
      lines.add(new TaskLogLine(number, row.text("t")));
    }
    return lines;
  }
}
