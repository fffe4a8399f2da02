package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qmpbs.e2e.server.Faults;
import org.qmpbs.pbs.Timeouts;

/** The commands of daily life against the embedded server, which knows nothing of the client. */
@Timeout(180)
class DailyLifeTest {
  private static final Timeouts TIMEOUTS =
      new Timeouts(Duration.ofSeconds(20), Duration.ofSeconds(40), Duration.ofSeconds(20));

  private static final String[] RULES = {
    "--keep-last",
    "--keep-hourly",
    "--keep-daily",
    "--keep-weekly",
    "--keep-monthly",
    "--keep-yearly"
  };

  @TempDir private Path folder;
  private TestServer server;
  private InProcess qmpbs;

  @BeforeEach
  void start() {
    server = TestServer.failing(folder, Faults.NONE);
    qmpbs = new InProcess(server.environment(), TIMEOUTS);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private JsonNode json(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--output-format", "json"));
    Outcome outcome = qmpbs.run(all.toArray(String[]::new));
    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    List<String> lines = outcome.out().lines().toList();
    return new ObjectMapper().readTree(lines.get(lines.size() - 1));
  }

  private void works(String... arguments) {
    Outcome outcome = qmpbs.run(arguments);
    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
  }

  /**
   * Random groups and rules: of every snapshot the reason, which the client finds by itself, is one
   * for what the server decided.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theReasonsOfAPruneExplainAllThatTheServerDecides(long seed) throws Exception {
    Random random = new Random(seed);
    List<String> snapshots = snapshots(random);
    for (String snapshot : snapshots) {
      if (random.nextInt(8) == 0) {
        works("protect", snapshot);
      }
    }
    int removed = 0;
    for (int i = 0; i < 25; i++) {
      JsonNode summary = json(rules(random));
      removed += summary.path("removed").asInt();
      assertThat(summary.path("decisions")).hasSize(snapshots.size());
      assertThat(summary.path("decisions"))
          .allSatisfy(decision -> assertThat(decision.path("reason").isObject()).isTrue());
    }
    assertThat(removed).isPositive();
  }

  private static String[] rules(Random random) {
    List<String> line = new ArrayList<>(List.of("prune", "vm/100", "--dry-run"));
    do {
      for (String rule : RULES) {
        if (random.nextInt(3) == 0) {
          line.addAll(List.of(rule, Integer.toString(1 + random.nextInt(4))));
        }
      }
    } while (line.size() == 3);
    return line.toArray(String[]::new);
  }

  /** Hours to years apart, oldest first. */
  private List<String> snapshots(Random random) {
    TreeSet<Long> times = new TreeSet<>();
    long end = Instant.parse("2027-01-03T00:00:00Z").getEpochSecond();
    while (times.size() < 24) {
      long range = new long[] {12L, 24 * 40L, 24 * 365 * 3L}[random.nextInt(3)];
      times.add(end - random.nextLong(range * 3600));
    }
    List<String> names = new ArrayList<>();
    for (long time : times) {
      ForeignClient.backUpSmall(server, "vm/100", time, "note".getBytes(StandardCharsets.UTF_8));
      names.add("vm/100/" + Instant.ofEpochSecond(time));
    }
    return names;
  }

  @Test
  void aPruneRemovesWhatItSaidAndNothingElse() throws Exception {
    List<String> snapshots = snapshots(new Random(4));
    works("protect", snapshots.get(0));
    JsonNode planned = json("prune", "vm/100", "--keep-last", "3", "--dry-run");
    assertThat(json("snapshots").path("snapshots")).hasSize(24);
    JsonNode done = json("prune", "vm/100", "--keep-last", "3");
    assertThat(done.path("decisions")).isEqualTo(planned.path("decisions"));
    assertThat(json("snapshots").path("snapshots")).hasSize(4);
    assertThat(json("task", "list", "--all").path("tasks").get(0).path("worker_type").asText())
        .isEqualTo("prune");
  }

  @Test
  void whatIsProtectedStaysUntilItIsNot() throws Exception {
    String snapshot = snapshots(new Random(5)).get(3);
    works("protect", snapshot);
    assertThat(json("protected", "show", snapshot).path("protected").asBoolean()).isTrue();
    Outcome refused = qmpbs.run("forget", snapshot);
    assertThat(refused.exitCode()).isEqualTo(6);
    assertThat(refused.err()).contains("cannot remove protected snapshot", "protected update");
    Outcome partly = qmpbs.run("forget", "--group", "vm/100");
    assertThat(partly.exitCode()).isEqualTo(6);
    assertThat(partly.err()).contains("everything else is gone");
    assertThat(json("snapshots").path("snapshots")).hasSize(1);
    works("protected", "update", snapshot, "false");
    works("forget", snapshot);
    assertThat(json("groups").path("groups")).isEmpty();
  }

  @Test
  void notesNamespacesAndOwnersAreTheServersOwn() throws Exception {
    ForeignClient.backUpSmall(server, "vm/100", 1_700_000_000, new byte[] {1});
    String snapshot = "vm/100/2023-11-14T22:13:20Z";
    String text = "grüße & =+%\nsecond line";
    works("notes", "update", snapshot, text);
    assertThat(json("notes", "show", snapshot).path("notes").asText()).isEqualTo(text);
    assertThat(json("snapshots").path("snapshots").get(0).path("comment").asText())
        .isEqualTo("grüße & =+%");
    works("group-notes", "update", "vm/100", text);
    assertThat(json("groups").path("groups").get(0).path("comment").asText())
        .isEqualTo("grüße & =+%");
    works("namespace", "create", "a");
    works("namespace", "create", "a/b");
    assertThat(json("namespace", "list").path("namespaces")).hasSize(3);
    Outcome orphan = qmpbs.run("namespace", "create", "x/y");
    assertThat(orphan.exitCode()).isEqualTo(3);
    assertThat(orphan.err()).contains("qmpbs namespace create x");
    works("namespace", "delete", "a");
    assertThat(json("namespace", "list").path("namespaces")).hasSize(1);
    assertThat(qmpbs.run("groups", "--ns", "a").exitCode()).isEqualTo(3);
    Outcome nobody = qmpbs.run("change-owner", "vm/100", "nobody@pbs");
    assertThat(nobody.exitCode()).as(nobody.toString()).isEqualTo(3);
    works("change-owner", "vm/100", "test@pbs!tok");
  }

  @Test
  void garbageCollectionAndStatusAreFollowedAndShown() throws Exception {
    ForeignClient.backUpSmall(server, "vm/100", 1_700_000_000, new byte[] {1});
    Outcome collection = qmpbs.run("garbage-collect");
    assertThat(collection.exitCode()).as(collection.toString()).isZero();
    assertThat(collection.out()).contains("TASK OK");
    String upid = json("task", "list", "--all").path("tasks").get(0).path("upid").asText();
    assertThat(qmpbs.run("task", "log", upid).out()).isEqualTo(collection.out());
    works("task", "stop", upid);
    assertThat(json("status").path("total").asLong()).isPositive();
    assertThat(json("version").path("server").path("version").asText()).isNotEmpty();
    Outcome none =
        qmpbs.run(
            "task", "log", "UPID:pbs:00000001:00000001:00000001:00000001:prune:e2e:test@pbs!tok:");
    assertThat(none.exitCode()).as(none.toString()).isEqualTo(3);
  }
}
