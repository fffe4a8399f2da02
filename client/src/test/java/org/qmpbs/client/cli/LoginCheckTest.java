package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qmpbs.client.memory.MemoryAccess;
import org.qmpbs.client.memory.MemoryServer;
import org.qmpbs.pbs.PbsFailures;
import org.qmpbs.pbs.Refusal;
import org.qmpbs.pbs.ServerProblem;
import org.qmpbs.pbs.ServerUnreachableException.Stage;

class LoginCheckTest {
  private final MemoryAccess access = new MemoryAccess();
  private final TestHost host;

  LoginCheckTest() {
    MemoryServer server = new MemoryServer();
    server.access = access;
    host = new TestHost(server);
  }

  private int check(String... options) {
    String[] line = new String[options.length + 2];
    line[0] = "login";
    line[1] = "check";
    System.arraycopy(options, 0, line, 2, options.length);
    return host.run(line);
  }

  @Test
  void backupRightsAreEnoughAndWhatTheyLackIsNamed() {
    host.environment.put("PBS_FINGERPRINT", "aa:".repeat(31) + "bb," + "cc".repeat(32));
    assertThat(check("--ns", "a/b")).isZero();
    assertThat(host.out())
        .startsWith(
            """
            login:       backup@pbs!q (API token)
            server:      pbs.example:8007, Proxmox Backup Server 4.1
            """)
        .contains("bb (pinned, one of 2)\n", "rights on:   /datastore/store1/a/b\n")
        .containsPattern("\nback up +yes +-\n")
        .containsPattern("\nrestore own backups +yes +-\n")
        .containsPattern(
            "prune and forget own backups +no +Datastore.Prune or Datastore.Modify"
                + " \\(role DatastorePowerUser\\)")
        .doesNotContain("acl update");
  }

  @Test
  void withoutBackupRightsItSaysHowToGiveThemToTokenAndUser() {
    access.privileges = Set.of("Datastore.Audit");
    assertThat(check("--ns", "a")).isEqualTo(4);
    assertThat(host.out())
        .contains(
            "acl update /datastore/store1/a DatastoreBackup --auth-id 'backup@pbs!q'\n",
            "acl update /datastore/store1/a DatastoreBackup --auth-id backup@pbs\n");
  }

  /** Read from the server's source: which privileges each of its calls asks for. */
  @ParameterizedTest
  @CsvSource({
    "Datastore.Backup,back up|restore own|list own|verify own,0",
    "Datastore.Read,restore own|restore every,4",
    "Datastore.Audit,list own|list every,4",
    "Datastore.Verify,verify own|verify every,4",
    "Datastore.Prune,prune and forget own,4",
    "Datastore.Modify,prune and forget own|prune and forget every|create a namespace,4",
    "Sys.Audit,,4"
  })
  void everyPrivilegeAllowsWhatTheServerAllows(String privilege, String allowed, int code) {
    access.privileges = Set.of(privilege);
    assertThat(check()).isEqualTo(code);
    List<String> rows = host.out().lines().filter(line -> line.matches(".*  (yes|no) .*")).toList();
    assertThat(rows).hasSize(Rights.Action.values().length);
    for (String row : rows) {
      boolean expected =
          allowed != null && List.of(allowed.split("\\|")).stream().anyMatch(row::startsWith);
      assertThat(row).contains(expected ? "  yes " : "  no ");
    }
  }

  @Test
  void programsGetTheSame() throws IOException {
    host.environment.put("PBS_REPOSITORY", "me@pbs@pbs.example:store1");
    assertThat(check("--output-format", "json")).isZero();
    JsonNode summary = new ObjectMapper().readTree(host.out());
    assertThat(summary.path("method").asText()).isEqualTo("password");
    assertThat(summary.path("user").asText()).isEqualTo("me@pbs");
    assertThat(summary.path("certificate").path("trust").asText()).isEqualTo("authorities");
    assertThat(summary.path("privileges").toString()).isEqualTo("[\"Datastore.Backup\"]");
    assertThat(summary.path("actions").get(0).toString())
        .isEqualTo(
            "{\"action\":\"backup-own\",\"allowed\":true,\"any_of\":[\"Datastore.Backup\"],"
                + "\"role\":\"DatastoreBackup\"}");
  }

  @Test
  void aServerThatKeepsRightsToItselfIsNotTakenForOneThatGivesNone() throws IOException {
    access.failures.add(Refusal.of(403, "permission check failed", ServerProblem.PERMISSION));
    assertThat(check("--output-format", "json")).isEqualTo(6);
    JsonNode summary = new ObjectMapper().readTree(host.out());
    assertThat(summary.path("refusal").asText()).contains("permission check failed");
    assertThat(summary.path("privileges").isNull()).isTrue();
    assertThat(summary.path("actions").get(0).path("allowed").isNull()).isTrue();
    access.failures.add(Refusal.of(403, "permission check failed", ServerProblem.PERMISSION));
    check();
    assertThat(host.out())
        .contains("does not say what this login may do: the server refused (403)");
  }

  @Test
  void aWrongSecretAndAMissingNamespaceAreErrorsOfTheCheckItself() {
    access.failures.add(Refusal.of(401, "permission check failed.", ServerProblem.LOGIN));
    assertThat(check()).isEqualTo(4);
    access.missing = Refusal.of(400, "ENOENT", ServerProblem.NOT_FOUND);
    assertThat(check()).isEqualTo(3);
    // Who may not list is not told what there is.
    access.privileges = Set.of();
    assertThat(check()).isEqualTo(4);
  }

  @Test
  void aLineThatFlickersIsWaitedForAndAWrongSecretIsNot() {
    access.failures.add(PbsFailures.unreachable(Stage.CONNECT));
    assertThat(check("--retry-delay", "1s")).isZero();
    assertThat(host.err()).contains("retry 1 of 3").doesNotContain("retry 2");
    access.failures.add(PbsFailures.unreachable(Stage.CONNECT));
    assertThat(check("--retry", "0")).isEqualTo(7);
    access.failures.add(Refusal.of(401, "no", ServerProblem.LOGIN));
    assertThat(check("--retry-delay", "1s")).isEqualTo(4);
    assertThat(host.err()).doesNotContain("retry");
  }

  @Test
  void loginAloneSaysWhatThereIs() {
    assertThat(host.run("login")).isEqualTo(2);
    assertThat(host.run("login", "--help")).isZero();
    assertThat(host.out()).contains("check");
  }
}
