package org.qmpbs.e2e.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskCallsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LIST = "/nodes/localhost/tasks";
  private static final String STORE = "/admin/datastore/store1/";

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock(1_763_716_000);
  private EmbeddedServer server;
  private TestClient client;
  private TaskWatcher tasks;

  @BeforeEach
  void start() throws IOException {
    server =
        EmbeddedServer.builder(folder)
            .datastore("store1", folder.resolve("store1"))
            .datastore("store10", folder.resolve("store10"))
            .token("a@pbs!t", "s")
            .token("b@pbs!t", "s")
            .token("c@pbs!audit", "s")
            .rights("c@pbs!audit", "/system", Privilege.SYSTEM_AUDIT, Privilege.SYSTEM_MODIFY)
            .token("d@pbs!t", "s", Privilege.BACKUP)
            .clock(clock)
            .zone(ZoneId.of("Europe/Vienna"))
            .start();
    client = new TestClient(server.port(), "a@pbs!t", "s");
    tasks = new TaskWatcher(client);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private List<String> list(TestClient who, String query) throws IOException {
    List<String> types = new ArrayList<>();
    JSON.readTree(who.rest("GET", LIST + "?" + query).body())
        .path("data")
        .forEach(
            row ->
                types.add(row.path("worker_type").asText() + " " + row.path("worker_id").asText()));
    return types;
  }

  private TestClient token(String authId) {
    return new TestClient(server.port(), authId, "s");
  }

  @Test
  void aTaskIsListedShownAndLogged() throws IOException {
    String upid = tasks.start(STORE + "gc", "");
    assertThat(tasks.await(upid)).isEqualTo("OK");
    JsonNode row = JSON.readTree(client.rest("GET", LIST).body()).path("data").path(0);
    assertThat(row.path("upid").asText()).isEqualTo(upid);
    assertThat(row.path("node").asText()).isEqualTo("localhost");
    assertThat(row.path("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
    assertThat(row.path("pstart").asLong()).isPositive();
    assertThat(row.path("starttime").asLong()).isEqualTo(1_763_716_000);
    assertThat(row.path("endtime").asLong()).isEqualTo(1_763_716_000);
    assertThat(row.path("status").asText()).isEqualTo("OK");
    assertThat(row.path("user").asText()).isEqualTo("a@pbs!t");
    JsonNode status =
        JSON.readTree(client.rest("GET", TaskWatcher.path(upid) + "/status").body()).path("data");
    assertThat(status.path("type").asText()).isEqualTo("garbage_collection");
    assertThat(status.path("id").asText()).isEqualTo("store1");
    assertThat(status.path("user").asText()).isEqualTo("a@pbs");
    assertThat(status.path("tokenid").asText()).isEqualTo("t");
    String log = TaskWatcher.path(upid) + "/log";
    JsonNode first = JSON.readTree(client.rest("GET", log + "?limit=1&test-status=1").body());
    assertThat(first.path("data").toString())
        .isEqualTo(
            "[{\"n\":1,\"t\":\"2025-11-21T10:06:40+01:00: starting garbage collection on store"
                + " store1\"}]");
    int total = first.path("total").asInt();
    assertThat(first.path("success").asInt()).isEqualTo(1);
    assertThat(first.path("active").asBoolean(true)).isFalse();
    JsonNode last = JSON.readTree(client.rest("GET", log + "?start=" + total).body());
    assertThat(last.path("data").toString()).contains("\"n\":" + total).contains(": TASK OK\"");
    assertThat(last.has("active")).isFalse();
    assertThat(client.rest("GET", log + "?download=1").body()).endsWith(": TASK OK\n");
    assertThat(client.rest("GET", log + "?download=1&start=1").body())
        .isEqualTo("Parameter 'download' cannot be used with other parameters");
  }

  @Test
  void theListIsFilteredAndCut() throws IOException {
    tasks.await(tasks.start(STORE + "gc", ""));
    tasks.await(tasks.start(STORE + "verify", ""));
    tasks.await(tasks.start("/admin/datastore/store10/verify", ""));
    tasks.await(tasks.start(STORE + "verify", "backup-type=vm&backup-id=none"));
    assertThat(list(client, "store=store1"))
        .containsExactly(
            "verify_group store1:/vm/none", "verify store1", "garbage_collection store1");
    assertThat(list(client, "errors=1")).containsExactly("verify_group store1:/vm/none");
    assertThat(list(client, "statusfilter=error")).hasSize(1);
    assertThat(list(client, "statusfilter=ok&typefilter=verify")).hasSize(2);
    assertThat(list(client, "running=1")).isEmpty();
    assertThat(list(client, "userfilter=a@pbs")).hasSize(4);
    assertThat(list(client, "userfilter=b@pbs")).isEmpty();
    assertThat(list(client, "since=1763716001")).isEmpty();
    assertThat(list(client, "until=1763715999")).isEmpty();
    assertThat(list(client, "start=1&limit=1")).containsExactly("verify store10");
    assertThat(client.rest("GET", LIST + "?start=1&limit=1").body()).endsWith("\"total\":3}");
    assertThat(client.rest("GET", LIST).body()).endsWith("\"total\":4}");
  }

  @Test
  void onlyOwnTasksAreSeenAndStopped() throws IOException {
    String upid = tasks.start(STORE + "verify", "");
    tasks.await(upid);
    String gc = tasks.start(STORE + "gc", "");
    tasks.await(gc);
    assertThat(list(token("b@pbs!t"), "")).containsExactly("garbage_collection store1");
    assertThat(list(token("d@pbs!t"), "")).isEmpty();
    assertThat(list(token("c@pbs!audit"), "")).hasSize(2);
    assertThat(token("b@pbs!t").rest("GET", TaskWatcher.path(upid) + "/log").body())
        .isEqualTo("task access not allowed");
    assertThat(token("b@pbs!t").rest("DELETE", TaskWatcher.path(upid)).body())
        .isEqualTo("missing permissions 'Sys.Modify' on '/system/tasks'");
    assertThat(token("c@pbs!audit").rest("DELETE", TaskWatcher.path(upid)).body())
        .isEqualTo("{\"data\":null}");
  }

  @Test
  void whatIsNoTaskIsRefused() throws IOException {
    assertThat(client.rest("GET", LIST + "/UPID:x/status").body())
        .isEqualTo(
            "parameter verification failed - 'upid': value does not match the regex pattern");
    assertThat(client.rest("GET", "/nodes/elsewhere/tasks").body())
        .isEqualTo("parameter verification failed - 'node': no such node 'elsewhere'");
    String unknown = "UPID:localhost:00000001:00000001:00000001:00000001:verify:x:a@pbs!t:";
    assertThat(client.rest("GET", TaskWatcher.path(unknown) + "/status").body())
        .contains("\"status\":\"stopped\",\"exitstatus\":\"unknown\"");
    assertThat(client.rest("GET", TaskWatcher.path(unknown) + "/log").body())
        .isEqualTo("No such file or directory (os error 2)");
  }

  @Test
  void aRunningTaskIsStopped() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    try (Tasks own = new Tasks(clock, ZoneId.of("UTC"))) {
      Upid upid =
          own.start(
              "verify",
              "x",
              "a@pbs",
              task -> {
                started.countDown();
                awaitQuietly(asked);
                task.check();
              });
      started.await();
      Task task = own.find(upid).orElseThrow();
      assertThat(task.end()).isEmpty();
      task.requestStop("abort requested - aborting task");
      task.requestStop("again");
      asked.countDown();
      own.close();
      assertThat(task.end().orElseThrow().status()).isEqualTo("abort requested - aborting task");
      assertThat(task.lines())
          .containsExactly(
              "2025-11-21T09:06:40+00:00: received abort request ...",
              "2025-11-21T09:06:40+00:00: TASK ERROR: abort requested - aborting task");
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void anIdIsEscapedAndReadBack() {
    Upid upid = new Upid("localhost", 1, 2, 3, 4, "verify", ".a:/vm/x-1", "a@pbs!t");
    assertThat(upid)
        .hasToString(
            "UPID:localhost:00000001:00000002:00000003:00000004:verify:\\x2ea\\x3a-vm-x\\x2d1:a@pbs!t:");
    assertThat(Upid.parse(upid.toString())).contains(upid);
  }
}
