package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qmpbs.client.memory.MemoryAdmin;
import org.qmpbs.client.memory.MemoryServer;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.DatastoreAdmin;
import org.qmpbs.pbs.DatastoreStatus;
import org.qmpbs.pbs.DatastoreUsage;
import org.qmpbs.pbs.GroupInfo;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.Refusal;
import org.qmpbs.pbs.ServerProblem;
import org.qmpbs.pbs.Snapshot;

class AdminCommandsTest {
  private static final String OLD = "vm/100/2026-11-20T09:00:00Z";
  private static final String NEWEST = "vm/100/2026-11-21T09:00:00Z";

  private final MemoryServer server = new MemoryServer();
  private final TestHost host = new TestHost(server);

  AdminCommandsTest() {
    server.snapshot(OLD);
    server.snapshot(NEWEST);
    server.forgets = true;
    server.admin.groups =
        List.of(
            new GroupInfo(
                BackupGroup.parse("vm/100"),
                Snapshot.parse(NEWEST),
                2,
                List.of("a.img.fidx", "index.json.blob"),
                "me@pbs!job",
                "first\u001b[31m line"));
    server.admin.namespaces = List.of(Namespace.ROOT, new Namespace("a"), new Namespace("a/b"));
  }

  private JsonNode json(String... args) throws IOException {
    String[] all = Arrays.copyOf(args, args.length + 2);
    all[args.length] = "--output-format";
    all[args.length + 1] = "json";
    assertThat(host.run(all)).isZero();
    List<String> lines = host.out().lines().toList();
    return new ObjectMapper().readTree(lines.get(lines.size() - 1));
  }

  private void typed(String... answers) {
    host.typed = new ArrayDeque<>(List.of(answers));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "groups",
        "forget",
        "prune",
        "protect",
        "change-owner",
        "garbage-collect",
        "protected show",
        "protected update",
        "notes show",
        "notes update",
        "group-notes show",
        "group-notes update",
        "snapshot list",
        "snapshot files",
        "snapshot forget",
        "snapshot notes show",
        "snapshot protected update",
        "group list",
        "group forget",
        "group notes update",
        "namespace list",
        "namespace create",
        "namespace delete",
        "task list",
        "task log",
        "task stop"
      })
  void everyCommandHasHelpWithItsExitCodes(String command) {
    String[] line = (command + " --help").split(" ", -1);
    assertThat(host.run(line)).isZero();
    assertThat(host.out()).contains("Usage: qmpbs " + command).contains("Exit codes:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"snapshot", "group", "namespace", "task", "notes", "protected"})
  void aFamilyAloneIsWrongUse(String family) {
    assertThat(host.run(family)).isEqualTo(2);
    assertThat(host.err()).contains("no command was given", "qmpbs " + family + " --help");
  }

  @Test
  void groupsAreListedUnderBothNamesWithoutControlCharacters() throws Exception {
    assertThat(host.run("list")).isZero();
    assertThat(host.out())
        .contains("vm/100  " + NEWEST + "  2          me@pbs!job  a.img.fidx index.json.blob")
        .doesNotContain("\u001b");
    JsonNode row = json("groups").path("groups").get(0);
    assertThat(row.path("backup-type").asText()).isEqualTo("vm");
    assertThat(row.path("last-backup").asLong()).isEqualTo(Snapshot.parse(NEWEST).time());
    assertThat(row.path("backup-count").asInt()).isEqualTo(2);
    assertThat(row.path("owner").asText()).isEqualTo("me@pbs!job");
    assertThat(row.path("files")).hasSize(2);
  }

  @Test
  void aSnapshotIsForgottenAndTheNewestIsSaidToMatter() {
    assertThat(host.run("forget", OLD)).isZero();
    assertThat(host.err()).isEmpty();
    assertThat(host.run("snapshot", "forget", NEWEST)).isZero();
    assertThat(host.err()).contains("was the newest of its group", "reads everything once");
    assertThat(host.run("forget", OLD)).isEqualTo(3);
  }

  @Test
  void forgettingIsConfirmedOnATerminal() {
    typed("no");
    assertThat(host.run("forget", NEWEST)).isEqualTo(2);
    assertThat(host.questions.get(0)).contains("newest", "Remove " + NEWEST + "? [y/N]");
    typed("Yes ");
    assertThat(host.run("forget", NEWEST)).isZero();
    typed();
    assertThat(host.run("forget", "-y", OLD)).isZero();
    assertThat(host.questions).hasSize(2);
  }

  @Test
  void aGroupGoesOnlyWhenItIsNamedAsOne() {
    assertThat(host.run("forget", "vm/100")).isEqualTo(2);
    assertThat(host.run("forget")).isEqualTo(2);
    assertThat(host.run("forget", "--group", "vm/100", OLD)).isEqualTo(2);
    assertThat(server.admin.calls).isEmpty();
    typed("y");
    assertThat(host.run("forget", "--group", "vm/100")).isZero();
    assertThat(host.questions).containsExactly("Remove vm/100 with all its snapshots (2)? [y/N] ");
    assertThat(host.out()).isEqualTo("removed vm/100 with 2 snapshots\n");
    server.snapshot(OLD).isProtected = true;
    typed("n");
    assertThat(host.run("group", "forget", "vm/100", "--ns", "a")).isEqualTo(2);
    assertThat(host.questions.get(1)).contains("1 are protected and stay");
    assertThat(server.admin.calls).containsExactly("forget group vm/100");
    assertThat(host.run("group", "forget", "vm/101")).isEqualTo(3);
  }

  @Test
  void whatAPartlyRefusedRemovalLeftIsNotCalledUnchanged() {
    server.admin.refusal = Refusal.of(400, "partially deleted", ServerProblem.PROTECTED);
    assertThat(host.run("group", "forget", "vm/100")).isEqualTo(6);
    assertThat(host.err()).contains("What the server could do is done", "remedy of PROTECTED");
  }

  @Test
  void protectionIsShownAndChangedUnderAllItsNames() throws Exception {
    assertThat(host.run("protect", OLD)).isZero();
    assertThat(host.run("protect", OLD, "false")).isZero();
    assertThat(host.run("protected", "update", OLD, "true", "--ns", "a")).isZero();
    assertThat(host.run("snapshot", "protected", "update", OLD, "false")).isZero();
    assertThat(server.admin.calls)
        .containsExactly(
            "protect " + OLD, "unprotect " + OLD, "protect " + OLD + " in a", "unprotect " + OLD);
    server.snapshot(NEWEST).isProtected = true;
    assertThat(host.run("protected", "show", NEWEST)).isZero();
    assertThat(host.out()).isEqualTo("true\n");
    assertThat(json("protected", "show", OLD).path("protected").asBoolean(true)).isFalse();
    assertThat(host.run("protected", "show", "vm/100/2020-01-01T00:00:00Z")).isEqualTo(3);
  }

  @Test
  void notesAreShownLineByLineAndChanged() throws Exception {
    server.admin.notes = "one\ntwo\u0007";
    assertThat(host.run("notes", "show", OLD)).isZero();
    assertThat(host.out()).isEqualTo("one\ntwo?\n");
    assertThat(json("group-notes", "show", "vm/100").path("notes").asText())
        .isEqualTo("one\ntwo\u0007");
    assertThat(host.run("notes", "update", OLD, "new")).isZero();
    assertThat(host.run("group-notes", "update", "vm/100", "", "--ns", "a")).isZero();
    assertThat(server.admin.calls)
        .containsExactly("notes of " + OLD + ": new", "notes of vm/100 in a: ");
    assertThat(host.run("notes", "update", OLD, "x".repeat(DatastoreAdmin.MAX_NOTES + 1)))
        .isEqualTo(2);
    assertThat(host.err()).contains("Shorten them");
  }

  @Test
  void anOwnerIsAUserOrAToken() {
    assertThat(host.run("change-owner", "vm/100", "you@pbs!t")).isZero();
    assertThat(server.admin.calls).containsExactly("vm/100 to you@pbs!t");
    assertThat(host.run("change-owner", "vm/100", "you")).isEqualTo(2);
    assertThat(host.err()).contains("user@realm");
  }

  @Test
  void namespacesAreNamedAsArgumentOrWithTheOption() throws Exception {
    assertThat(host.run("namespace", "list")).isZero();
    assertThat(host.out()).isEqualTo("a\na/b\n");
    assertThat(json("namespace", "list", "a", "--max-depth", "1").path("namespaces").get(0))
        .hasToString("{\"ns\":\"\"}");
    assertThat(host.run("namespace", "create", "a/b")).isZero();
    assertThat(host.run("namespace", "create", "--ns", "a/c")).isZero();
    assertThat(host.run("namespace", "delete", "a/b")).isZero();
    assertThat(server.admin.calls)
        .containsExactly(
            "namespaces of '', OptionalInt.empty",
            "namespaces of '', OptionalInt[1]",
            "namespaces of 'a', OptionalInt[1]",
            "create a/b",
            "create a/c",
            "namespaces of 'a', OptionalInt[1]",
            "delete a/b");
    assertThat(host.run("namespace", "delete", "a/typo")).isEqualTo(3);
    assertThat(host.run("namespace", "list", "typo")).isEqualTo(3);
    assertThat(server.admin.calls).doesNotContain("delete a/typo");
    for (String command : new String[] {"create", "delete"}) {
      assertThat(host.run("namespace", command)).isEqualTo(2);
      assertThat(host.run("namespace", command, "a", "--ns", "b")).isEqualTo(2);
    }
    assertThat(host.run("namespace", "list", "--max-depth", "8")).isEqualTo(2);
  }

  @Test
  void whatANamespaceHoldsIsCountedBeforeItGoes() {
    typed("n");
    assertThat(host.run("namespace", "delete", "a", "--delete-groups")).isEqualTo(2);
    assertThat(host.questions)
        .containsExactly(
            "Remove a with all that is in it: namespaces 3, groups 3, snapshots 6? [y/N] ");
    assertThat(server.admin.calls).noneMatch(call -> call.startsWith("delete"));
    assertThat(host.run("namespace", "delete", "a", "--delete-groups", "--yes")).isZero();
    assertThat(server.admin.calls).contains("delete a with groups");
  }

  @Test
  void garbageCollectionIsFollowed() {
    server.tasks.lines.add("found\u001b[2J chunks");
    assertThat(host.run("garbage-collect", "--quiet")).isZero();
    assertThat(host.out()).isEqualTo("found?[2J chunks\n");
    assertThat(server.admin.calls).containsExactly("collect garbage");
  }

  @Test
  void withoutAMachineStatusIsTheDatastores() throws Exception {
    assertThat(host.run("status")).isZero();
    assertThat(host.out())
        .contains("datastore: store1", "total:     1000 B", "used:      250 B (25 %)");
    server.admin.usage =
        new DatastoreUsage(
            new DatastoreStatus(1000, 250, 750),
            Map.of("vm", new DatastoreUsage.Counts(1, 2)),
            Optional.of(
                new DatastoreUsage.GarbageCollection(
                    Optional.of(MemoryAdmin.UPID), 7, 600, 200, 4, 3, 2, 1, 8, 9, 10)));
    assertThat(host.run("status")).isZero();
    assertThat(host.out())
        .contains("vm: groups 1, snapshots 2", "200 B for 600 B of data (factor 3.0)")
        .contains("damaged chunks: 10");
    JsonNode status = json("status");
    assertThat(status.path("avail").asLong()).isEqualTo(750);
    assertThat(status.path("counts").path("vm").path("snapshots").asInt()).isEqualTo(2);
    assertThat(status.path("gc-status").path("still-bad").asInt()).isEqualTo(10);
    assertThat(host.run("status", "--scratch", "/x")).isEqualTo(2);
    server.admin.usage =
        new DatastoreUsage(new DatastoreStatus(0, 0, 0), Map.of(), Optional.empty());
    assertThat(host.run("status")).isZero();
    assertThat(host.out()).contains("not shown to this login");
  }

  @Test
  void theServersVersionIsShownIfThereIsOne() throws Exception {
    assertThat(host.run("version")).isZero();
    assertThat(host.out()).contains("qmpbs ").contains("server version: 4.1.1");
    assertThat(json("version").path("server").path("release").asText()).isEqualTo("1");
    host.servers =
        login -> {
          throw new IOException("no route");
        };
    assertThat(host.run("version")).isZero();
    assertThat(host.err()).contains("warning: the server's version is not known: no route");
    host.environment.remove("PBS_REPOSITORY");
    assertThat(host.run("version")).isZero();
    assertThat(host.err()).isEmpty();
  }

  @Test
  void prettyJsonIsTheSameOverSeveralLines() throws Exception {
    assertThat(host.run("groups", "--output-format", "json-pretty")).isZero();
    assertThat(host.out().lines().count()).isGreaterThan(10);
    assertThat(new ObjectMapper().readTree(host.out()).path("groups")).hasSize(1);
    assertThat(host.run("groups", "--output-format", "xml")).isEqualTo(2);
    assertThat(host.err()).contains("expected text, json or json-pretty");
    assertThat(host.run("groups", "--nope", "--output-format=json-pretty")).isEqualTo(2);
    assertThat(host.out().lines().count()).isGreaterThan(10);
  }
}
