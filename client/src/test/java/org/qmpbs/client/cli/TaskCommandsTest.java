package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.qmpbs.client.memory.MemoryAdmin;
import org.qmpbs.client.memory.MemoryServer;
import org.qmpbs.pbs.TaskInfo;

class TaskCommandsTest {
  private static final String UPID = MemoryAdmin.UPID.text();

  private final MemoryServer server = new MemoryServer();
  private final TestHost host = new TestHost(server);

  @Test
  void whatRunsIsListedAndWhatHasEndedOnlyIfAskedFor() throws Exception {
    server.tasks.listed =
        List.of(
            new TaskInfo(MemoryAdmin.UPID, OptionalLong.empty(), null),
            new TaskInfo(MemoryAdmin.UPID, OptionalLong.of(1_800_000_000), "bad\u001b[m\nend"));
    assertThat(host.run("task", "list")).isZero();
    assertThat(server.tasks.filter.running()).isTrue();
    assertThat(server.tasks.filter.thisDatastore()).isTrue();
    assertThat(host.out().lines().map(line -> line.replaceAll(" +", " ")))
        .containsExactly(
            "STARTED ENDED STATUS UPID",
            "2026-11-21T08:50:56Z - running " + UPID,
            "2026-11-21T08:50:56Z 2027-01-15T08:00:00Z bad [m end " + UPID);
    assertThat(host.run("task", "list", "--all", "--limit", "7", "--output-format", "json"))
        .isZero();
    assertThat(server.tasks.filter.running()).isFalse();
    assertThat(server.tasks.filter.limit()).isEqualTo(7);
    JsonNode rows = new ObjectMapper().readTree(host.out()).path("tasks");
    assertThat(rows.get(0).has("endtime")).isFalse();
    assertThat(rows.get(1).path("worker_type").asText()).isEqualTo("garbage_collection");
    assertThat(rows.get(1).path("user").asText()).isEqualTo("root@pam");
    assertThat(rows.get(1).path("endtime").asLong()).isEqualTo(1_800_000_000);
    assertThat(host.run("task", "list", "--limit", "0")).isEqualTo(2);
    assertThat(host.run("task", "list", "--all", "--running")).isEqualTo(2);
  }

  @Test
  void theLogIsShownAndTheExitCodeIsTheTasksOwn() throws Exception {
    server.tasks.lines.add("starting\u001b]0;x");
    server.tasks.lines.add("TASK OK");
    assertThat(host.run("task", "log", UPID)).isZero();
    assertThat(host.out()).isEqualTo("starting?]0;x\nTASK OK\n");
    server.tasks.exitStatus = "WARNINGS: 1";
    assertThat(host.run("task", "log", UPID)).isZero();
    assertThat(host.err()).contains("warning: the task has ended with warnings");
    server.tasks.exitStatus = "no space left";
    assertThat(host.run("task", "log", UPID)).isEqualTo(6);
    assertThat(host.out()).contains("TASK OK");
    assertThat(host.err()).contains("the task failed: no space left");
  }

  @Test
  void inJsonEachLineOfALogIsAMessage() throws Exception {
    server.tasks.lines.add("one");
    assertThat(host.run("task", "log", UPID, "--quiet", "--output-format", "json")).isZero();
    List<String> lines = host.out().lines().toList();
    JsonNode line = new ObjectMapper().readTree(lines.get(0));
    assertThat(line.path("message_type").asText()).isEqualTo("line");
    assertThat(line.path("text").asText()).isEqualTo("one");
    JsonNode summary = new ObjectMapper().readTree(lines.get(1));
    assertThat(summary.path("exitstatus").asText()).isEqualTo("OK");
    assertThat(summary.path("command").asText()).isEqualTo("task log");
  }

  @Test
  void aTaskIsStoppedByItsWholeName() {
    assertThat(host.run("task", "stop", UPID)).isZero();
    assertThat(server.tasks.stopped).isEqualTo(MemoryAdmin.UPID);
    assertThat(host.run("task", "stop", "UPID:x")).isEqualTo(2);
    assertThat(host.err()).contains("qmpbs task list");
  }
}
