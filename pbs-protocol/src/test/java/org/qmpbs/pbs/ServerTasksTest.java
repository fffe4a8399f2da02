package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ServerTasksTest {
  /** From the recorded answer to a verification. */
  private static final Upid UPID =
      new Upid(
          "UPID:vm:00000D12:0001C3DB:00000009:6B015B70:verify_group:golden\\x3a-vm-signed"
              + ":test@pbs!tok:");

  private static final String PATH =
      "/nodes/localhost/tasks/UPID:vm:00000D12:0001C3DB:00000009:6B015B70:verify_group"
          + ":golden%5Cx3a-vm-signed:test@pbs!tok:";

  @Test
  void aNameTellsWhoWhenAndWhat() {
    assertThat(UPID.node()).isEqualTo("vm");
    assertThat(UPID.pid()).isEqualTo(0xD12);
    assertThat(UPID.pstart()).isEqualTo(0x1C3DB);
    assertThat(UPID.startTime()).isEqualTo(Instant.ofEpochSecond(0x6B015B70L));
    assertThat(UPID.workerType()).isEqualTo("verify_group");
    assertThat(UPID.workerId()).contains("golden:/vm/signed");
    assertThat(UPID.authId()).isEqualTo("test@pbs!tok");
    assertThat(UPID).hasToString(UPID.text());
  }

  @Test
  void aTaskMayBeOnNothingInParticular() {
    assertThat(
            new Upid("UPID:pbs-1:00000001:000000001:00000001:00000001:aptupdate::root@pam:")
                .workerId())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "UPID:",
        "UPID:vm:00000D12:0001C3DB:00000009:6B015B70:verify:a:test@pbs",
        "UPID:vm:00000D12:0001C3DB:00000009:6B015B70:ver/ify:a:test@pbs:",
        "UPID:vm:00000D1:0001C3DB:00000009:6B015B70:verify:a:test@pbs:",
        "UPID:vm:00000D12:0001C3DB:00000009:6B015B70:verify:a b:test@pbs:",
        "UPID:vm:00000D12:0001C3DB:00000009:6B015B70:verify:\u001b:test@pbs:",
        "UPID:vm:00000D12:0001C3DB:00000009:6B015B70:verify:a:test@pbs:\n",
      })
  void whatIsNoNameIsRefusedWithoutItsControlCharacters(String text) {
    assertThatThrownBy(() -> new Upid(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContainingAny("\u001b", "\n")
        .hasMessageContaining("task list");
  }

  @Test
  void filtersAreTheServersOwn() throws Exception {
    try (RestServer server = RestServer.data("[]")) {
      server.client.tasks().list(TaskFilter.runningHere());
      assertThat(server.asked())
          .isEqualTo("GET /nodes/localhost/tasks?limit=50&running=true&store=store1");
      server
          .client
          .tasks()
          .list(
              new TaskFilter(
                  false,
                  true,
                  false,
                  Optional.of("me@pbs!t"),
                  Optional.of("prune"),
                  Optional.of(Instant.ofEpochSecond(5)),
                  Optional.of(Instant.ofEpochSecond(6)),
                  0));
      assertThat(server.asked())
          .isEqualTo(
              "GET /nodes/localhost/tasks?limit=0&errors=true&userfilter=me%40pbs%21t"
                  + "&typefilter=prune&since=5&until=6");
    }
  }

  @Test
  void tasksThatRunHaveNoEnd() throws Exception {
    String row = "{\"upid\":\"" + UPID.text().replace("\\", "\\\\") + "\"";
    String rows =
        "["
            + row
            + ",\"node\":\"localhost\",\"pid\":1},"
            + row
            + ",\"endtime\":7,\"status\":\"WARNINGS: 2\"}]";
    try (RestServer server = RestServer.data(rows)) {
      List<TaskInfo> tasks = server.client.tasks().list(TaskFilter.runningHere());
      assertThat(tasks).extracting(TaskInfo::isRunning).containsExactly(true, false);
      assertThat(tasks.get(1).status()).isEqualTo("WARNINGS: 2");
      assertThat(tasks.get(1).endTime()).hasValue(7);
      assertThat(tasks.get(0).upid()).isEqualTo(UPID);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "{\"status\":\"running\"} | -",
        "{\"status\":\"stopped\",\"exitstatus\":\"OK\"} | OK",
        "{\"status\":\"stopped\",\"exitstatus\":\"WARNINGS: 1\"} | WARNINGS",
        "{\"status\":\"stopped\",\"exitstatus\":\"unknown\"} | UNKNOWN",
        "{\"status\":\"stopped\"} | UNKNOWN",
        "{\"status\":\"stopped\",\"exitstatus\":\"no space\"} | ERROR",
      })
  void theEndOfATaskIsOneOfFour(String data, TaskOutcome outcome) throws Exception {
    try (RestServer server = RestServer.data(data)) {
      TaskStatus status = server.client.tasks().status(UPID);
      assertThat(server.asked()).isEqualTo("GET " + PATH + "/status");
      assertThat(status.outcome()).isEqualTo(Optional.ofNullable(outcome));
      assertThat(status.isRunning()).isEqualTo(outcome == null);
    }
  }

  @Test
  void aLogIsReadByTheNumbersOfItsLines() throws Exception {
    try (RestServer server = RestServer.data("[{\"n\":3,\"t\":\"a\"},{\"n\":4,\"t\":\"b\"}]")) {
      assertThat(server.client.tasks().log(UPID, 3, 500))
          .containsExactly(new TaskLogLine(3, "a"), new TaskLogLine(4, "b"));
      assertThat(server.asked()).isEqualTo("GET " + PATH + "/log?start=3&limit=500");
      for (long first : new long[] {2, 4}) {
        assertThatThrownBy(() -> server.client.tasks().log(UPID, first, 500))
            .isInstanceOf(BadAnswerException.class)
            .hasMessageContaining("lines from " + first + ", found 3 as number 1");
      }
      assertThatThrownBy(() -> server.client.tasks().log(UPID, 3, 1))
          .isInstanceOf(BadAnswerException.class);
      assertThatThrownBy(() -> server.client.tasks().log(UPID, 0, 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aTaskIsStoppedByItsName() throws Exception {
    try (RestServer server = RestServer.data("null")) {
      server.client.tasks().stop(UPID);
      assertThat(server.asked()).isEqualTo("DELETE " + PATH);
    }
  }

  @Test
  void aStateNobodyKnowsIsABadAnswer() throws Exception {
    try (RestServer server = RestServer.data("{\"status\":\"paused\"}")) {
      assertThatThrownBy(() -> server.client.tasks().status(UPID))
          .isInstanceOf(BadAnswerException.class)
          .hasMessageContaining("expected 'running' or 'stopped', found 'paused'");
    }
  }
}
