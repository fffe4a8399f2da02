package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RestTest {
  private static FakePbs answering(int status, String body) throws Exception {
    return new FakePbs(
        TestCertificate.LOCALHOST,
        (fake, socket) -> {
          while (!fake.readHead(socket).isEmpty()) {
            fake.respond(socket, status, body);
          }
        });
  }

  private static FakePbs answering(byte[] golden) throws Exception {
    return answering(200, new String(golden, StandardCharsets.UTF_8));
  }

  @Test
  void theDatastoresRoomIsReadAsTheServerTellsIt() throws Exception {
    try (FakePbs server =
            answering(
                200,
                "{\"data\":{\"avail\":79010078720,\"total\":270553174016,\"used\":18783215616}}");
        PbsServer pbs = Sessions.pinned(server)) {
      assertThat(pbs.status())
          .isEqualTo(new DatastoreStatus(270553174016L, 18783215616L, 79010078720L));
      assertThat(server.heads.get(0))
          .startsWith("GET /api2/json/admin/datastore/store1/status HTTP/1.1\r\n")
          .contains("\r\nAuthorization: PBSAPIToken me@pbs!job:s3cret%2F%2B%C3%BC\r\n");
    }
  }

  @Test
  void closingEndsACallThatWaitsForItsAnswer() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    try (FakePbs server =
            new FakePbs(
                TestCertificate.LOCALHOST,
                (fake, socket) -> {
                  fake.readHead(socket);
                  asked.countDown();
                  done.await();
                });
        PbsServer pbs = Sessions.pinned(server)) {
      CompletableFuture<DatastoreStatus> call =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return pbs.status();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      asked.await();
      pbs.close();
      assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
          .hasRootCauseInstanceOf(IOException.class);
      done.countDown();
    }
  }

  @Test
  void snapshotsAreListedOldestFirst() throws Exception {
    try (FakePbs server = answering(Golden.read("snapshots.json"));
        PbsServer pbs = Sessions.pinned(server)) {
      List<SnapshotInfo> infos =
          pbs.snapshots(new Namespace("a/b"), Optional.of(BackupGroup.parse("vm/plain")));
      assertThat(server.heads.get(0))
          .startsWith(
              "GET /api2/json/admin/datastore/store1/snapshots?ns=a%2Fb&backup-type=vm"
                  + "&backup-id=plain HTTP/1.1\r\n");
      assertThat(infos)
          .extracting(info -> info.snapshot().time())
          .containsExactly(1_700_000_000L, 1_700_000_100L);
      SnapshotInfo first = infos.get(0);
      assertThat(first.size()).isEqualTo(8_913_830);
      assertThat(first.owner()).isEqualTo("test@pbs!tok");
      assertThat(first.isProtected()).isFalse();
      assertThat(first.verifyState()).isNull();
      assertThat(first.file("drive-scsi0.img.fidx"))
          .contains(new SnapshotInfo.FileInfo("drive-scsi0.img.fidx", CryptMode.NONE, 8_913_408));
    }
  }

  @Test
  void verificationNotesAndModesOfLaterVersionsAreRead() throws Exception {
    String later =
        "{\"data\":[{\"backup-type\":\"vm\",\"backup-id\":\"b\",\"backup-time\":2,\"protected\":true,"
            + "\"comment\":\"note\",\"verification\":{\"state\":\"failed\",\"upid\":\"x\"},"
            + "\"files\":[{\"filename\":\"a.blob\",\"crypt-mode\":\"quantum\"}]},"
            + "{\"backup-type\":\"vm\",\"backup-id\":\"a\",\"backup-time\":3,\"files\":[]}]}";
    try (FakePbs server = answering(200, later);
        PbsServer pbs = Sessions.pinned(server)) {
      List<SnapshotInfo> infos = pbs.snapshots(Namespace.ROOT, Optional.empty());
      assertThat(infos.get(0).snapshot().group().id()).isEqualTo("a");
      SnapshotInfo failed = infos.get(1);
      assertThat(failed.failedVerification()).isTrue();
      assertThat(failed.comment()).isEqualTo("note");
      assertThat(failed.isProtected()).isTrue();
      assertThat(failed.files()).containsExactly(new SnapshotInfo.FileInfo("a.blob", null, -1));
    }
  }

  @Test
  void aSnapshotIsForgottenByItsFullName() throws Exception {
    try (FakePbs server = answering(200, "{\"data\":null}");
        PbsServer pbs = Sessions.pinned(server)) {
      pbs.forget(new Namespace("a/b"), Golden.PLAIN);
      assertThat(server.heads.get(0))
          .startsWith(
              "DELETE /api2/json/admin/datastore/store1/snapshots?ns=a%2Fb&backup-type=vm"
                  + "&backup-id=plain&backup-time=1700000000 HTTP/1.1\r\n");
    }
  }

  @Test
  void filesOfASnapshotAreListed() throws Exception {
    try (FakePbs server = answering(Golden.read("files.json"));
        PbsServer pbs = Sessions.pinned(server)) {
      assertThat(pbs.files(Namespace.ROOT, Golden.PLAIN))
          .contains(new SnapshotInfo.FileInfo("index.json.blob", CryptMode.SIGN_ONLY, 558))
          .hasSize(4);
      assertThat(server.heads.get(0))
          .contains("/files?backup-type=vm&backup-id=plain&backup-time=1700000000 ");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | no such datastore 'nope' | NOT_FOUND",
        "400 | ENOENT: No such file or directory | NOT_FOUND",
        "401 | authentication failed - invalid credentials | LOGIN",
        "401 | permission check failed. | LOGIN",
        "403 | permission check failed - missing Datastore.Audit | PERMISSION",
        "400 | something never heard of | OTHER",
      })
  void aRefusalKeepsItsTextAndGetsAMeaning(int status, String text, ServerProblem problem)
      throws Exception {
    try (FakePbs server = answering(status, text);
        PbsServer pbs = Sessions.pinned(server)) {
      assertThatThrownBy(pbs::status)
          .isInstanceOfSatisfying(
              PbsException.class,
              e -> {
                assertThat(e.serverText()).isEqualTo(text);
                assertThat(e.problem()).isEqualTo(problem);
              });
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>",
        "{}",
        "[1]",
        "{\"data\":{\"total\":\"1\"}}",
        "{\"data\":{\"total\":1e30}}",
        "{\"data\":null}",
        ""
      })
  void anAnswerOfAnotherShapeIsABadAnswer(String body) throws Exception {
    try (FakePbs server = answering(200, body);
        PbsServer pbs = Sessions.pinned(server)) {
      assertThatThrownBy(pbs::status).isInstanceOf(BadAnswerException.class);
      assertThatThrownBy(pbs::version).isInstanceOf(BadAnswerException.class);
      assertThatThrownBy(() -> pbs.snapshots(Namespace.ROOT, Optional.empty()))
          .isInstanceOf(BadAnswerException.class);
    }
  }

  @Test
  void anAnswerThatIsTooLongIsNotRead() throws Exception {
    try (FakePbs server =
            new FakePbs(
                TestCertificate.LOCALHOST,
                (fake, socket) -> {
                  fake.readHead(socket);
                  socket
                      .getOutputStream()
                      .write(
                          "HTTP/1.1 200 X\r\ncontent-length: 67108865\r\n\r\n"
                              .getBytes("US-ASCII"));
                  Sessions.drain(socket);
                });
        PbsServer pbs = Sessions.pinned(server)) {
      assertThatThrownBy(pbs::version)
          .isInstanceOf(BadAnswerException.class)
          .hasMessageContaining("expected at most 67108864 bytes, found 67108865");
    }
  }

  @Test
  void aSlowServerIsATimeoutAndNotUnreachable() throws Exception {
    Timeouts timeouts =
        new Timeouts(Duration.ofSeconds(30), Duration.ofMillis(700), Duration.ofSeconds(30));
    try (FakePbs server =
            new FakePbs(TestCertificate.LOCALHOST, (fake, socket) -> Sessions.drain(socket));
        PbsServer pbs = Sessions.pinned(server, timeouts)) {
      assertThatThrownBy(pbs::version)
          .isInstanceOf(OperationTimeoutException.class)
          .hasMessage("version had no answer within 700 ms");
    }
  }

  @Test
  void anIpv6AddressStandsInBrackets() throws Exception {
    Endpoint endpoint = new Endpoint(Repository.parse("me@pbs!job@[fe80::1]:8008:store1"));
    assertThat(endpoint.url("version").build().toString())
        .isEqualTo("https://[fe80::1]:8008/api2/json/version");
    assertThat(endpoint.repository().endpoint()).isEqualTo("[fe80::1]:8008");
  }

  @Test
  void anAddressWithAZoneIsRefusedBeforeAnythingIsConnected() {
    Login login =
        new Login(
            new Repository(FakePbs.TOKEN, "fe80::1%eth0", 8007, "store1"),
            new Secret("x"),
            List.of());
    assertThatThrownBy(() -> PbsServer.open(login, Timeouts.DEFAULT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fe80::1%eth0");
  }

  @Test
  void aTimeoutThatWouldMeanForeverIsRefused() {
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> new Timeouts(second, Duration.ZERO, second))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("operation");
    assertThatThrownBy(() -> new Timeouts(second, second, Duration.ofDays(25)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ping");
  }

  @Test
  void aTokenThatNoHeaderCanCarryIsRefused() {
    Login login = new Login(Repository.parse("mé@pbs!job@host:store1"), new Secret("x"), List.of());
    assertThatThrownBy(() -> PbsServer.open(login, Timeouts.DEFAULT))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
