package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.qmpbs.client.lookup.UnfinishedUpload;
import org.qmpbs.client.memory.MemoryServer;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PruneDecision;
import org.qmpbs.pbs.Refusal;
import org.qmpbs.pbs.ServerProblem;
import org.qmpbs.pbs.Snapshot;

class PruneCommandTest {
  private static final String OLD = "vm/100/2026-11-19T09:00:00Z";
  private static final String KEPT = "vm/100/2026-11-20T09:00:00Z";
  private static final String NEWEST = "vm/100/2026-11-21T09:00:00Z";

  private final MemoryServer server = new MemoryServer();
  private final TestHost host = new TestHost(server);

  PruneCommandTest() {
    server.snapshot(OLD);
    server.snapshot(KEPT).isProtected = true;
    server.snapshot(NEWEST);
    decide(false, true, true);
    server.forgets = true;
    server.admin.pruned =
        () -> {
          try {
            server.forget(Namespace.ROOT, Snapshot.parse(OLD));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
  }

  private void decide(boolean old, boolean kept, boolean newest) {
    server.admin.decisions =
        List.of(
            new PruneDecision(Snapshot.parse(OLD), old, false),
            new PruneDecision(Snapshot.parse(KEPT), kept, true),
            new PruneDecision(Snapshot.parse(NEWEST), newest, false));
  }

  private JsonNode summary() throws IOException {
    List<String> lines = host.out().lines().toList();
    return new ObjectMapper().readTree(lines.get(lines.size() - 1));
  }

  private void typed(String... answers) {
    host.typed = new ArrayDeque<>(List.of(answers));
  }

  @Test
  void aScriptPrunesAtOnceAndTheTableSaysWhy() {
    assertThat(host.run("prune", "vm/100", "--keep-last", "1")).isZero();
    assertThat(server.admin.calls)
        .containsExactly(
            "prune vm/100 KeepOptions[last=1, hourly=0, daily=0, weekly=0, monthly=0, yearly=0]");
    assertThat(host.out().lines().map(line -> line.replaceAll(" +", " ")))
        .containsExactly(
            "SNAPSHOT ACTION REASON",
            OLD + " remove no rule keeps it",
            KEPT + " protected protected",
            NEWEST + " keep last",
            "kept 2, removed 1");
    assertThat(host.err()).isEmpty();
  }

  @Test
  void aDryRunChangesNothing() throws Exception {
    assertThat(
            host.run(
                "prune",
                "vm/100",
                "--ns",
                "a",
                "--keep-last",
                "1",
                "--dry-run",
                "--output-format",
                "json"))
        .isZero();
    assertThat(server.admin.calls).singleElement().asString().startsWith("would prune vm/100 in a");
    assertThat(summary().path("dry_run").asBoolean()).isTrue();
    assertThat(summary().path("removed").asInt()).isEqualTo(1);
    JsonNode last = summary().path("decisions").get(2);
    assertThat(last.path("backup-time").asLong()).isEqualTo(Snapshot.parse(NEWEST).time());
    assertThat(last.path("keep").asBoolean()).isTrue();
    assertThat(last.path("reason").path("rule").asText()).isEqualTo("last");
    assertThat(host.run("prune", "vm/100", "--keep-last", "1", "--dry-run", "true")).isZero();
    assertThat(host.out()).contains("would keep 2 and remove 1");
  }

  @Test
  void onATerminalItIsShownFirstAndANoRemovesNothing() {
    typed("n");
    assertThat(host.run("prune", "vm/100", "--keep-last", "1")).isEqualTo(2);
    assertThat(host.questions)
        .singleElement()
        .asString()
        .contains(OLD + "  remove", "Remove snapshots: 1? [y/N]");
    assertThat(server.admin.calls).singleElement().asString().startsWith("would prune");
    assertThat(host.err()).contains("it was not confirmed", "Nothing was changed");
    typed("");
    assertThat(host.run("prune", "vm/100", "--keep-last", "1")).isEqualTo(2);
    typed("y");
    assertThat(host.run("prune", "vm/100", "--keep-last", "1")).isZero();
    assertThat(host.out()).contains("kept 2, removed 1");
  }

  @Test
  void nobodyIsAskedWhoSaidYesOrWhenNothingWouldGo() {
    typed();
    assertThat(host.run("prune", "vm/100", "--keep-last", "1", "--yes")).isZero();
    assertThat(host.questions).isEmpty();
    decide(true, true, true);
    server.snapshot(OLD);
    assertThat(host.run("prune", "vm/100", "--keep-last", "2")).isZero();
    assertThat(host.questions).isEmpty();
    assertThat(host.out()).contains("would keep 3 and remove 0");
  }

  @Test
  void keepingNothingIsRefusedBeforeTheServerIsAsked() {
    for (String[] none :
        new String[][] {{}, {"--keep-last", "0"}, {"--keep-daily", "0", "--keep-yearly", "0"}}) {
      List<String> line = new ArrayList<>(List.of("prune", "vm/100"));
      line.addAll(List.of(none));
      assertThat(host.run(line.toArray(String[]::new))).isEqualTo(2);
      assertThat(host.err()).contains("nothing says how many snapshots to keep", "--keep-last 3");
    }
    assertThat(host.run("prune", "vm/100", "--keep-last", "-1")).isEqualTo(2);
    assertThat(host.run("prune", "vm/100", "--keep-last", "many")).isEqualTo(2);
    assertThat(server.admin.calls).isEmpty();
  }

  @Test
  void whatTheServerDecidesCountsAndIsCalledItsDecision() throws Exception {
    decide(true, true, false);
    server.admin.pruned = () -> {};
    assertThat(host.run("prune", "vm/100", "--keep-last", "1", "--dry-run")).isZero();
    assertThat(host.out())
        .containsPattern(NEWEST + " +remove +the server's decision")
        .contains("would keep 2 and remove 1");
    assertThat(host.err())
        .contains("warning: the server decides otherwise")
        .contains(NEWEST + " is the newest of its group", "reads everything once");
    host.run("prune", "vm/100", "--keep-last", "1", "--dry-run", "--output-format", "json");
    assertThat(summary().path("decisions").get(2).path("reason").isNull()).isTrue();
  }

  @Test
  void whatTheServerCouldNotRemoveIsFoundOut() throws Exception {
    server.admin.pruned = () -> {};
    assertThat(host.run("prune", "vm/100", "--keep-last", "1", "--output-format", "json"))
        .isEqualTo(13);
    assertThat(summary().path("left").get(0).path("backup-id").asText()).isEqualTo("100");
    assertThat(summary().path("removed").asInt()).isZero();
    assertThat(host.out()).contains("could not remove " + OLD);
  }

  @Test
  void checkpointsOfAnUnfinishedUploadAreNotTakenForBackups() {
    server.snapshot(NEWEST).blob(UnfinishedUpload.RECORD_NAME, new byte[] {'{'});
    assertThat(host.run("prune", "vm/100", "--keep-last", "1", "--dry-run")).isZero();
    assertThat(host.out()).contains("last; checkpoint of an unfinished upload");
    assertThat(host.err()).contains("1 of these are checkpoints");
  }

  @Test
  void aGroupThatIsNotThereIsNotFound() {
    assertThat(host.run("prune", "vm/101", "--keep-last", "1")).isEqualTo(3);
    assertThat(host.err()).contains("there is no snapshot of vm/101", "qmpbs groups");
    assertThat(server.admin.calls).isEmpty();
  }

  @Test
  void aRefusalIsShownWithItsRemedy() {
    server.admin.refusal = Refusal.of(403, "permission check failed", ServerProblem.PERMISSION);
    assertThat(host.run("prune", "vm/100", "--keep-last", "1")).isEqualTo(4);
    assertThat(host.err()).contains("permission check failed", "remedy of PERMISSION");
  }
}
