package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DatastoreAdminTest {
  private static final BackupGroup GROUP = BackupGroup.parse("vm/plain");
  private static final Namespace BELOW = new Namespace("a/b");
  private static final KeepOptions LAST_ONE = new KeepOptions(1, 0, 0, 0, 0, 0);

  @Test
  void groupsAreListedByName() throws Exception {
    try (RestServer server = RestServer.golden("groups.json")) {
      List<GroupInfo> groups = server.admin().groups(BELOW);
      assertThat(server.asked()).isEqualTo("GET groups?ns=a%2Fb");
      assertThat(groups)
          .extracting(info -> info.group().toString())
          .containsExactly("vm/encrypted", "vm/plain", "vm/signed");
      assertThat(groups.get(1))
          .isEqualTo(
              new GroupInfo(
                  GROUP,
                  new Snapshot(GROUP, 1_700_000_100),
                  2,
                  List.of("index.json.blob", "qemu-server.conf.blob", "drive-scsi0.img.fidx"),
                  "test@pbs!tok",
                  null));
    }
  }

  @Test
  void aGroupsCommentIsOneLineAlthoughTheServerGivesItsEnd() throws Exception {
    String row =
        "{\"backup-type\":\"vm\",\"backup-id\":\"a\",\"last-backup\":1,\"backup-count\":1,"
            + "\"comment\":\"first\\n\"}";
    try (RestServer server = RestServer.data("[" + row + "]")) {
      GroupInfo group = server.admin().groups(Namespace.ROOT).get(0);
      assertThat(group.comment()).isEqualTo("first");
      assertThat(group.owner()).isNull();
      assertThat(group.files()).isEmpty();
    }
  }

  @Test
  void aPruneNamesWhatItKeepsAndLeavesOutWhatIsZero() throws Exception {
    try (RestServer server = RestServer.golden("prune.json")) {
      List<PruneDecision> decisions =
          server.admin().prune(BELOW, GROUP, new KeepOptions(1, 0, 7, 0, 0, 2), true);
      assertThat(server.asked()).isEqualTo("POST prune");
      assertThat(server.body())
          .isEqualTo(
              "ns=a%2Fb&backup-type=vm&backup-id=plain&keep-last=1&keep-daily=7&keep-yearly=2"
                  + "&dry-run=true");
      assertThat(decisions)
          .containsExactly(
              new PruneDecision(Golden.PLAIN, false, false),
              new PruneDecision(new Snapshot(GROUP, 1_700_000_100), true, false));
    }
  }

  @Test
  void aPruneThatWouldKeepNothingIsNeverSent() throws Exception {
    try (RestServer server = RestServer.data("[]")) {
      KeepOptions nothing = new KeepOptions(0, 0, 0, 0, 0, 0);
      assertThatThrownBy(() -> server.admin().prune(Namespace.ROOT, GROUP, nothing, false))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(server.bodies).isEmpty();
    }
  }

  @Test
  void decisionsOnAnotherGroupAreNotTakenForOurs() throws Exception {
    try (RestServer server = RestServer.golden("prune.json")) {
      BackupGroup other = BackupGroup.parse("vm/other");
      assertThatThrownBy(() -> server.admin().prune(Namespace.ROOT, other, LAST_ONE, false))
          .isInstanceOf(BadAnswerException.class)
          .hasMessageContaining("expected snapshots of vm/other, found vm/plain/");
    }
  }

  @Test
  void protectionIsReadAndSet() throws Exception {
    try (RestServer server = RestServer.data("true")) {
      assertThat(server.admin().isProtected(Namespace.ROOT, Golden.PLAIN)).isTrue();
      assertThat(server.asked())
          .isEqualTo("GET protected?backup-type=vm&backup-id=plain&backup-time=1700000000");
    }
    try (RestServer server = RestServer.data("null")) {
      server.admin().setProtected(Namespace.ROOT, Golden.PLAIN, true);
      assertThat(server.asked()).isEqualTo("PUT protected");
      assertThat(server.body())
          .isEqualTo("backup-type=vm&backup-id=plain&backup-time=1700000000&protected=true");
    }
  }

  @Test
  void notesKeepTheirLinesAndLetters() throws Exception {
    try (RestServer server = RestServer.data("null")) {
      server.admin().setNotes(Namespace.ROOT, Golden.PLAIN, "ü & =\n2+2");
      assertThat(server.asked()).isEqualTo("PUT notes");
      assertThat(server.body()).endsWith("&notes=%C3%BC+%26+%3D%0A2%2B2");
      server.admin().setGroupNotes(BELOW, GROUP, "");
      assertThat(server.asked()).isEqualTo("PUT group-notes");
      assertThat(server.body()).isEqualTo("ns=a%2Fb&backup-type=vm&backup-id=plain&notes=");
    }
    try (RestServer server = RestServer.data("\"a\\nb\"")) {
      assertThat(server.admin().notes(Namespace.ROOT, Golden.PLAIN)).isEqualTo("a\nb");
      assertThat(server.admin().groupNotes(Namespace.ROOT, GROUP)).isEqualTo("a\nb");
      assertThat(server.asked()).isEqualTo("GET group-notes?backup-type=vm&backup-id=plain");
    }
    try (RestServer server = RestServer.golden("notes.json")) {
      assertThat(server.admin().notes(Namespace.ROOT, Golden.PLAIN)).isEmpty();
    }
  }

  @Test
  void notesTheServerWouldRefuseForTheirLengthAreNotSent() throws Exception {
    try (RestServer server = RestServer.data("null")) {
      String tooLong = "ü".repeat(DatastoreAdmin.MAX_NOTES / 6 + 1);
      assertThatThrownBy(() -> server.admin().setNotes(Namespace.ROOT, Golden.PLAIN, tooLong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("61440 are possible");
      assertThat(server.bodies).isEmpty();
    }
  }

  @Test
  void namespacesAreListedCreatedAndDeleted() throws Exception {
    try (RestServer server = RestServer.golden("namespaces.json")) {
      assertThat(server.admin().namespaces(new Namespace("a"), OptionalInt.of(1)))
          .containsExactly(Namespace.ROOT, new Namespace("a"), BELOW);
      assertThat(server.asked()).isEqualTo("GET namespace?parent=a&max-depth=1");
    }
    try (RestServer server = RestServer.data("\"a/b\"")) {
      server.admin().createNamespace(BELOW);
      assertThat(server.asked()).isEqualTo("POST namespace");
      assertThat(server.body()).isEqualTo("name=b&parent=a");
      server.admin().createNamespace(new Namespace("a"));
      assertThat(server.body()).isEqualTo("name=a");
      server.admin().deleteNamespace(BELOW, true);
      assertThat(server.asked()).isEqualTo("DELETE namespace?ns=a%2Fb&delete-groups=true");
      assertThatThrownBy(() -> server.admin().deleteNamespace(Namespace.ROOT, true))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> server.admin().createNamespace(Namespace.ROOT))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aGroupIsForgottenAndHandedOverByItsName() throws Exception {
    try (RestServer server = RestServer.data("null")) {
      server.admin().forgetGroup(BELOW, GROUP);
      assertThat(server.asked()).isEqualTo("DELETE groups?ns=a%2Fb&backup-type=vm&backup-id=plain");
      server.admin().changeOwner(Namespace.ROOT, GROUP, "me@pbs!job");
      assertThat(server.asked()).isEqualTo("POST change-owner");
      assertThat(server.body())
          .isEqualTo("backup-type=vm&backup-id=plain&new-owner=me%40pbs%21job");
    }
  }

  @Test
  void aVerificationIsATask() throws Exception {
    try (RestServer server = RestServer.golden("verify.json")) {
      Upid upid =
          server
              .admin()
              .verify(VerifyRequest.of(BELOW, Golden.PLAIN).ignoringVerified(OptionalInt.of(30)));
      assertThat(upid.workerType()).isEqualTo("verify_group");
      assertThat(server.asked()).isEqualTo("POST verify");
      assertThat(server.body())
          .isEqualTo(
              "ns=a%2Fb&backup-type=vm&backup-id=plain&backup-time=1700000000"
                  + "&ignore-verified=true&outdated-after=30");
      server.admin().verify(VerifyRequest.of(Namespace.ROOT));
      assertThat(server.body()).isEqualTo("ignore-verified=false");
      server.admin().verify(VerifyRequest.of(Namespace.ROOT, GROUP));
      assertThat(server.body()).startsWith("backup-type=vm&backup-id=plain&ignore");
      server.admin().collectGarbage();
      assertThat(server.asked()).isEqualTo("POST gc");
    }
  }

  @Test
  void aLogIsSentAsItIs() throws Exception {
    try (RestServer server = RestServer.data("null")) {
      server.admin().uploadLog(BELOW, Golden.PLAIN, new byte[] {66, (byte) 171, 0});
      assertThat(server.asked())
          .isEqualTo(
              "POST upload-backup-log?ns=a%2Fb&backup-type=vm&backup-id=plain"
                  + "&backup-time=1700000000");
      assertThat(server.head()).contains("\r\nContent-Type: application/octet-stream\r\n");
      assertThat(server.body()).isEqualTo("B\u00ab\0");
    }
  }

  @Test
  void usageIsAsMuchAsTheServerTells() throws Exception {
    try (RestServer server = RestServer.golden("status.json")) {
      DatastoreUsage usage = server.admin().usage();
      assertThat(server.asked()).isEqualTo("GET status?verbose=true");
      assertThat(usage.room())
          .isEqualTo(new DatastoreStatus(270_553_174_016L, 18_783_215_616L, 79_010_078_720L));
      assertThat(usage.garbageCollection()).isEmpty();
      assertThat(usage.counts()).isEmpty();
    }
    String all =
        "{\"avail\":1,\"total\":3,\"used\":2,\"new\":{},\"gc-status\":{\"upid\":null,"
            + "\"index-file-count\":7,\"index-data-bytes\":6,\"disk-bytes\":5,\"disk-chunks\":4,"
            + "\"removed-bytes\":3,\"removed-chunks\":2,\"pending-bytes\":1,\"pending-chunks\":8,"
            + "\"removed-bad\":9,\"still-bad\":10,\"cache-stats\":{}},"
            + "\"counts\":{\"vm\":{\"groups\":1,\"snapshots\":2},\"ct\":null}}";
    try (RestServer server = RestServer.data(all)) {
      DatastoreUsage usage = server.admin().usage();
      assertThat(usage.counts()).containsExactly(Map.entry("vm", new DatastoreUsage.Counts(1, 2)));
      assertThat(usage.garbageCollection())
          .contains(
              new DatastoreUsage.GarbageCollection(
                  Optional.empty(), 7, 6, 5, 4, 3, 2, 1, 8, 9, 10));
    }
  }

  @Test
  void theVersionIsAllThatTheServerSays() throws Exception {
    try (RestServer server = RestServer.golden("version.json")) {
      assertThat(server.client.serverVersion()).isEqualTo(new ServerVersion("4.1", "1", "local"));
      assertThat(server.client.serverVersion()).hasToString("4.1.1");
      assertThat(server.client.version()).isEqualTo("4.1");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "null | expected a list, found null",
        "[1] | expected an object, found number",
        "[{\"backup-id\":\"a\"}] | expected the text 'backup-type', found missing",
        "[{\"backup-type\":\"vm\",\"backup-id\":\"../a\",\"backup-time\":1}] | expected a group",
        "[{\"backup-type\":\"vm\",\"backup-id\":\"plain\",\"backup-time\":-1}] | expected a snapshot",
        "[{\"backup-type\":\"vm\",\"backup-id\":\"plain\",\"backup-time\":1}] "
            + "| expected the boolean 'keep', found missing",
        "[{\"backup-type\":\"vm\",\"backup-id\":\"plain\",\"backup-time\":1,\"keep\":1}] "
            + "| expected the boolean 'keep', found number",
      })
  void whatIsMissingInAnAnswerIsNamed(String data, String message) throws Exception {
    try (RestServer server = RestServer.data(data)) {
      assertThatThrownBy(() -> server.admin().prune(Namespace.ROOT, GROUP, LAST_ONE, true))
          .isInstanceOf(BadAnswerException.class)
          .hasMessageContaining(message);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "1", "\"UPID:x\"", "\"\\u001b[2J\""})
  void aTaskThatHasNoNameIsABadAnswer(String data) throws Exception {
    try (RestServer server = RestServer.data(data)) {
      assertThatThrownBy(() -> server.admin().collectGarbage())
          .isInstanceOf(BadAnswerException.class)
          .hasMessageNotContaining("\u001b");
    }
  }

  @Test
  void negativeNumbersToKeepAreRefused() {
    assertThatThrownBy(() -> new KeepOptions(1, 0, -1, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
