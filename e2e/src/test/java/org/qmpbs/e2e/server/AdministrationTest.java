package org.qmpbs.e2e.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What changes a datastore besides backups. */
class AdministrationTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PLAIN = "backup-type=vm&backup-id=plain";
  private static final String FIRST = PLAIN + "&backup-time=1700000000";
  private static final String LAST = PLAIN + "&backup-time=1700000100";
  private static final String NOBODY = "backup-type=vm&backup-id=nobody";

  @TempDir Path folder;
  private Path store;
  private EmbeddedServer server;
  private TestClient owner;
  private TestClient backup;
  private TestClient stranger;

  @BeforeEach
  void start() throws IOException {
    store = folder.resolve("golden");
    GoldenStore.copyTo(store);
    server =
        EmbeddedServer.builder(folder)
            .datastore("golden", store)
            .token("test@pbs!tok", "s")
            .token("test@pbs!backup", "s", Privilege.BACKUP, Privilege.PRUNE)
            .token("else@pbs!tok", "s", Privilege.BACKUP, Privilege.PRUNE)
            .zone(ZoneOffset.UTC)
            .start();
    owner = new TestClient(server.port(), "test@pbs!tok", "s");
    backup = new TestClient(server.port(), "test@pbs!backup", "s");
    stranger = new TestClient(server.port(), "else@pbs!tok", "s");
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private static RawConnection.Answer call(TestClient client, String call, String parameters)
      throws IOException {
    String[] parts = call.split(" ", 2);
    boolean query = parts[0].equals("GET") || parts[0].equals("DELETE");
    String path = "/admin/datastore/golden/" + parts[1];
    return query
        ? client.rest(parts[0], path + "?" + parameters)
        : client.rest(parts[0], path, parameters);
  }

  private void answers(String call, String parameters, String body) throws IOException {
    RawConnection.Answer answer = call(owner, call, parameters);
    assertThat(answer.body()).as(call + " " + parameters).isEqualTo(body);
  }

  private static final String DONE = "{\"data\":null}";

  @Test
  void aGroupGoesWithItsSnapshots() throws IOException {
    answers(
        "DELETE groups",
        PLAIN,
        "{\"data\":{\"protected-snapshots\":0,\"removed-groups\":1,\"removed-snapshots\":2}}");
    assertThat(store.resolve("vm/plain")).doesNotExist();
  }

  @Test
  void whatIsProtectedStays() throws IOException {
    answers("PUT protected", FIRST + "&protected=true", DONE);
    answers("GET protected", FIRST, "{\"data\":true}");
    answers("DELETE groups", PLAIN, "group only partially deleted due to protected snapshots");
    assertThat(store.resolve("vm/plain/2023-11-14T22:13:20Z/index.json.blob")).exists();
    assertThat(store.resolve("vm/plain/2023-11-14T22:15:00Z")).doesNotExist();
    answers(
        "DELETE groups",
        PLAIN + "&error-on-protected=false",
        "{\"data\":{\"protected-snapshots\":1,\"removed-groups\":0,\"removed-snapshots\":0}}");
    answers("PUT protected", FIRST + "&protected=false", DONE);
    answers(
        "DELETE groups",
        PLAIN,
        "{\"data\":{\"protected-snapshots\":0,\"removed-groups\":1,\"removed-snapshots\":1}}");
  }

  @Test
  void aSnapshotThatSomebodyReadsIsNeitherRemovedNorProtected() throws IOException {
    try (RawSession reader = owner.reader("golden", "vm/plain", 1_700_000_000)) {
      assertThat(reader.call("GET", "/speedtest").status()).isEqualTo(200);
      assertThat(call(owner, "PUT protected", FIRST + "&protected=1").body())
          .startsWith("while updating the protection status of snapshot 'BackupDir {");
      assertThat(call(owner, "DELETE groups", PLAIN).body())
          .startsWith("while destroying snapshot 'BackupDir {");
      JsonNode pruned = prune(PLAIN + "&keep-last=1");
      assertThat(pruned.path(0).path("keep").asBoolean()).isFalse();
    }
    assertThat(store.resolve("vm/plain/2023-11-14T22:13:20Z/index.json.blob")).exists();
  }

  private JsonNode prune(String parameters) throws IOException {
    return JSON.readTree(call(owner, "POST prune", parameters).body()).path("data");
  }

  @Test
  void pruneRemovesWhatItSays() throws IOException {
    String row =
        "{\"backup-id\":\"plain\",\"backup-time\":%d,\"backup-type\":\"vm\",\"keep\":%s,\"protected\":%s}";
    String first = row.formatted(1_700_000_000, "%s", "%s");
    String last = row.formatted(1_700_000_100, true, false);
    String one = "{\"data\":[" + first + "," + last + "]}";
    answers("POST prune", PLAIN, one.formatted(true, false));
    answers("POST prune", PLAIN + "&keep-last=1&dry-run=1", one.formatted(false, false));
    assertThat(store.resolve("vm/plain/2023-11-14T22:13:20Z")).exists();
    answers("PUT protected", FIRST + "&protected=1", DONE);
    answers("POST prune", PLAIN + "&keep-last=1", one.formatted(true, true));
    answers("PUT protected", FIRST + "&protected=0", DONE);
    answers("POST prune", PLAIN + "&keep-daily=1", one.formatted(false, false));
    assertThat(store.resolve("vm/plain/2023-11-14T22:13:20Z")).doesNotExist();
    assertThat(store.resolve("vm/plain/2023-11-14T22:15:00Z")).exists();
    assertThat(prune("backup-type=vm&backup-id=nested&ns=a/b&keep-last=1&dry-run=1").toString())
        .contains("\"ns\":\"a/b\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST prune | keep-last=0 | 400 | parameter verification failed - 'keep-last': value must"
            + " have a minimum value of 1 (got 0)",
        "POST prune | keep-fortnightly=1 | 400 | parameter verification failed -"
            + " 'keep-fortnightly': schema does not allow additional properties.",
        "PUT protected | backup-time=1600000000&protected=1 | 400 | snapshot"
            + " vm/plain/2020-09-13T12:26:40Z does not exist!",
        "POST change-owner | new-owner=nobody@pbs!t | 400 | API token 'nobody@pbs!t' is inactive"
            + " or non-existent",
        "POST change-owner | new-owner=nobody@pbs | 400 | user 'nobody@pbs' is inactive or"
            + " non-existent",
        "POST change-owner | new-owner=nobody | 400 | parameter verification failed - 'new-owner':"
            + " value does not match the regex pattern",
      })
  void whatTheRealServerRefusesIsRefused(String call, String more, int status, String text)
      throws IOException {
    RawConnection.Answer answer = call(owner, call, PLAIN + "&" + more);
    assertThat(answer.body()).isEqualTo(text);
    assertThat(answer.status()).isEqualTo(status);
  }

  @Test
  void aGroupThatIsNotThereIsRefused() throws IOException {
    String path = store.resolve("vm/nobody").toString();
    answers("POST prune", NOBODY, "ENOENT: No such file or directory");
    answers(
        "DELETE groups", NOBODY, "read dir \"" + path + "\" - ENOENT: No such file or directory");
    answers(
        "POST change-owner",
        NOBODY + "&new-owner=test@pbs!backup",
        "unable to read \"" + path + "/owner\" - No such file or directory (os error 2)");
    assertThat(call(owner, "PUT group-notes", NOBODY + "&notes=x").status()).isEqualTo(400);
    answers("GET group-notes", NOBODY, "{\"data\":\"\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "DELETE groups,",
    "DELETE snapshots,&backup-time=1700000000",
    "POST prune,&keep-last=1",
    "PUT notes,&backup-time=1700000000&notes=x",
    "PUT protected,&backup-time=1700000000&protected=1",
    "PUT group-notes,&notes=x",
    "GET group-notes,",
    "GET notes,&backup-time=1700000000",
    "GET protected,&backup-time=1700000000",
    "GET files,&backup-time=1700000000",
    "POST upload-backup-log,&backup-time=1700000000",
  })
  void anotherTokensGroupIsNotOnes(String call, String more) throws IOException {
    String parameters = PLAIN + (more == null ? "" : more);
    RawConnection.Answer answer =
        call.endsWith("log")
            ? stranger.rest("POST", "/admin/datastore/golden/upload-backup-log?" + parameters)
            : call(stranger, call, parameters);
    assertThat(answer.body()).isEqualTo("backup owner check failed (else@pbs!tok != test@pbs!tok)");
    assertThat(answer.status()).isEqualTo(400);
  }

  @Test
  void anOwnerMayGiveAGroupToItsUserOnlyWithTheRightForAll() throws IOException {
    RawConnection.Answer refused =
        call(backup, "POST change-owner", PLAIN + "&new-owner=test@pbs!backup");
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.body())
        .isEqualTo(
            "test@pbs!backup does not have permission to change owner of backup group 'vm/plain'"
                + " to test@pbs!backup");
    answers("POST change-owner", PLAIN + "&new-owner=test@pbs!backup", DONE);
    assertThat(Files.readString(store.resolve("vm/plain/owner"))).isEqualTo("test@pbs!backup\n");
    assertThat(call(backup, "DELETE groups", PLAIN).status()).isEqualTo(200);
  }

  @Test
  void aUserMovesGroupsBetweenItselfAndItsTokens() throws IOException {
    server.close();
    server =
        EmbeddedServer.builder(folder)
            .datastore("golden", store)
            .user("test@pbs", "p")
            .token("test@pbs!tok", "s", Privilege.BACKUP)
            .rights("test@pbs", "/datastore", Privilege.BACKUP)
            .start();
    String ticket;
    String csrf;
    try (RawConnection connection = new RawConnection(server.port())) {
      RawConnection.Answer login =
          connection.request(
              "POST",
              "/api2/json/access/ticket",
              java.util.Map.of("Content-Type", "application/json"),
              "{\"username\":\"test@pbs\",\"password\":\"p\"}");
      JsonNode data = JSON.readTree(login.body()).path("data");
      ticket = data.path("ticket").asText();
      csrf = data.path("CSRFPreventionToken").asText();
    }
    try (RawConnection connection = new RawConnection(server.port())) {
      RawConnection.Answer answer =
          connection.request(
              "POST",
              "/api2/json/admin/datastore/golden/change-owner",
              java.util.Map.of(
                  "Cookie",
                  "PBSAuthCookie=" + ticket,
                  "CSRFPreventionToken",
                  csrf,
                  "Content-Type",
                  "application/json"),
              "{\"backup-type\":\"vm\",\"backup-id\":\"plain\",\"new-owner\":\"test@pbs\"}");
      assertThat(answer.body()).isEqualTo(DONE);
    }
    assertThat(Files.readString(store.resolve("vm/plain/owner"))).isEqualTo("test@pbs\n");
  }

  @Test
  void notesOfAGroupAreKeptAndTheirFirstLineIsListed() throws IOException {
    answers("GET group-notes", PLAIN, "{\"data\":\"\"}");
    answers("PUT group-notes", PLAIN + "&notes=one%0Atwo", DONE);
    answers("GET group-notes", PLAIN, "{\"data\":\"one\\ntwo\"}");
    assertThat(call(owner, "GET groups", "").body()).contains("\"comment\":\"one\\n\"");
  }

  @Test
  void aNamespaceGoesWhenItIsEmptyOrWithItsGroups() throws IOException {
    answers("DELETE namespace", "ns=", "Cannot create/delete root namespace!");
    answers(
        "DELETE namespace",
        "ns=a",
        "only partially deleted due to existing groups but `delete-groups` not true");
    assertThat(store.resolve("ns/a/ns/b/vm/nested/owner")).exists();
    answers(
        "DELETE namespace",
        "ns=a&delete-groups=1",
        "{\"data\":{\"protected-snapshots\":0,\"removed-groups\":1,\"removed-snapshots\":1}}");
    assertThat(store.resolve("ns/a")).doesNotExist();
    answers("GET namespace", "", "{\"data\":[{\"ns\":\"\"}]}");
    answers("DELETE namespace", "ns=a&delete-groups=1", "ENOENT: No such file or directory");
    RawConnection.Answer refused = call(backup, "DELETE namespace", "ns=a");
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.body())
        .isEqualTo("permission check failed - missing Datastore.Modify on /datastore/golden");
  }

  private RawConnection.Answer uploadLog(TestClient client, String parameters, byte[] blob)
      throws IOException {
    return client.upload("/admin/datastore/golden/upload-backup-log?" + parameters, blob);
  }

  @Test
  void aLogIsTakenOnceAfterTheBackup() throws IOException {
    byte[] blob = TestData.blob("all went well".getBytes(StandardCharsets.UTF_8));
    byte[] broken = blob.clone();
    broken[20] ^= 1;
    assertThat(uploadLog(owner, LAST, broken).body())
        .isEqualTo("Data blob has wrong CRC checksum.");
    assertThat(uploadLog(owner, LAST, blob).body()).isEqualTo(DONE);
    assertThat(store.resolve("vm/plain/2023-11-14T22:15:00Z/client.log.blob"))
        .hasBinaryContent(blob);
    RawConnection.Answer again = uploadLog(owner, LAST, blob);
    assertThat(again.status()).isEqualTo(400);
    assertThat(again.body()).isEqualTo("backup already contains a log.");
    assertThat(call(owner, "GET files", LAST).body())
        .endsWith(
            "\"filename\":\"index.json.blob\",\"crypt-mode\":\"none\",\"size\":388},"
                + "{\"filename\":\"client.log.blob\"}]}");
  }

  @Test
  void whoMayNotAuditHasOnlyHisOwnGroupsCounted() throws IOException {
    assertThat(countedGroups(owner)).as("of all namespaces").isEqualTo(4);
    assertThat(countedGroups(stranger)).isZero();
  }

  private static int countedGroups(TestClient client) throws IOException {
    JsonNode answer = JSON.readTree(call(client, "GET status", "verbose=true").body());
    assertThat(answer.at("/data/counts").isObject()).isTrue();
    return answer.at("/data/counts/vm/groups").asInt();
  }
}
