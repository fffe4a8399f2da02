package org.qmpbs.client.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.qmpbs.client.memory.MemoryAdmin;
import org.qmpbs.client.memory.MemoryTasks;
import org.qmpbs.pbs.TaskLogLine;
import org.qmpbs.pbs.TaskOutcome;
import org.qmpbs.pbs.TaskStatus;

class TaskFollowerTest {
  private final MemoryTasks tasks = new MemoryTasks();
  private final List<String> told = new ArrayList<>();

  private TaskStatus follow(TaskFollower.Pause pause) throws IOException {
    return new TaskFollower(tasks, pause)
        .follow(MemoryAdmin.UPID, (TaskLogLine line) -> told.add(line.text()));
  }

  @Test
  void linesComeWhileTheTaskRunsAndEachOnce() throws Exception {
    tasks.exitStatus = null;
    tasks.lines.add("one");
    int[] pauses = {0};
    TaskStatus end =
        follow(
            time -> {
              assertThat(told).hasSize(1 + pauses[0]);
              tasks.lines.add("line after pause " + ++pauses[0]);
              if (pauses[0] == 3) {
                tasks.exitStatus = "WARNINGS: 1";
              }
            });
    assertThat(told)
        .containsExactly("one", "line after pause 1", "line after pause 2", "line after pause 3");
    assertThat(end.outcome()).contains(TaskOutcome.WARNINGS);
  }

  @Test
  void aLongLogIsReadPageByPage() throws Exception {
    for (int size : new int[] {0, 499, 500, 501, 1000, 1234}) {
      tasks.lines.clear();
      told.clear();
      IntStream.range(0, size).forEach(i -> tasks.lines.add("line " + i));
      follow(time -> {});
      assertThat(told).isEqualTo(tasks.lines);
    }
  }

  @Test
  void followingEndsWhenInterruptedAndTheTaskGoesOn() {
    tasks.exitStatus = null;
    assertThatThrownBy(
            () ->
                follow(
                    time -> {
                      throw new InterruptedException();
                    }))
        .isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(tasks.stopped).isNull();
  }

  @Test
  void onlyATaskThatDidItsWorkIsDone() throws Exception {
    TaskFailedException.requireDone(ended("OK"));
    TaskFailedException.requireDone(ended("WARNINGS: 3"));
    assertThatThrownBy(() -> TaskFailedException.requireDone(ended("no space left")))
        .isInstanceOfSatisfying(
            TaskFailedException.class,
            e -> assertThat(e.remedy()).contains("qmpbs task log 'UPID:pbs:"))
        .hasMessage("the task failed: no space left");
    assertThatThrownBy(() -> TaskFailedException.requireDone(ended("unknown")))
        .hasMessageContaining("does not know");
  }

  private static TaskStatus ended(String status) {
    return new TaskStatus(MemoryAdmin.UPID, Optional.of(status));
  }
}
