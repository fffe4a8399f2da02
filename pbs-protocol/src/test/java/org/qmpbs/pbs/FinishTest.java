package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FinishTest {
  private static FakePbs server(Sessions.Rest atManifest, Sessions.Rest atFinish) throws Exception {
    return Sessions.backupServer(
        peer -> {
          peer.answer(peer.next(), 200, Sessions.NULL);
          atManifest.run(peer);
          atFinish.run(peer);
          peer.next();
        });
  }

  private static void accept(H2Peer peer) throws Exception {
    peer.answer(peer.next(), 200, Sessions.NULL);
  }

  private static FinishOutcome finish(BackupSession session) throws Exception {
    ManifestFile blob = session.uploadBlob("a.blob", new byte[3]);
    return session.finish(new Manifest(session.snapshot(), List.of(blob)));
  }

  @Test
  void anAnswerIsDone() throws Exception {
    try (FakePbs server = server(FinishTest::accept, FinishTest::accept);
        BackupSession session = Sessions.backup(server)) {
      assertThat(finish(session)).isEqualTo(FinishOutcome.DONE);
    }
  }

  @Test
  void aCutAfterTheRequestIsUnknown() throws Exception {
    try (FakePbs server =
            server(
                FinishTest::accept,
                peer -> {
                  assertThat(peer.next().path()).isEqualTo("finish");
                  peer.close();
                });
        BackupSession session = Sessions.backup(server)) {
      assertThat(finish(session)).isEqualTo(FinishOutcome.UNKNOWN);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void aResetOfTheRequestIsUnknown() throws Exception {
    try (FakePbs server = server(FinishTest::accept, peer -> peer.reset(peer.next().stream(), 2));
        BackupSession session = Sessions.backup(server)) {
      assertThat(finish(session)).isEqualTo(FinishOutcome.UNKNOWN);
    }
  }

  @Test
  void noAnswerInTimeIsUnknown() throws Exception {
    Timeouts timeouts =
        new Timeouts(Duration.ofSeconds(30), Duration.ofMillis(700), Duration.ofSeconds(30));
    try (FakePbs server = server(FinishTest::accept, peer -> peer.next());
        BackupSession session = Sessions.backup(server, timeouts)) {
      assertThat(finish(session)).isEqualTo(FinishOutcome.UNKNOWN);
    }
  }

  @Test
  void aCutWithinTheAnswersBodyIsDoneForTheStatusSaysSo() throws Exception {
    try (FakePbs server =
            server(
                FinishTest::accept,
                peer -> {
                  peer.answer(peer.next().stream(), 200, new byte[1], false);
                  peer.close();
                });
        BackupSession session = Sessions.backup(server)) {
      assertThat(finish(session)).isEqualTo(FinishOutcome.DONE);
    }
  }

  @Test
  void aCutAtTheManifestIsNotUnknownBecauseNothingCanHaveFinished() throws Exception {
    try (FakePbs server =
            server(
                peer -> {
                  peer.next();
                  peer.close();
                },
                FinishTest::accept);
        BackupSession session = Sessions.backup(server)) {
      assertThatThrownBy(() -> finish(session)).isInstanceOf(SessionLostException.class);
    }
  }

  @Test
  void aRefusalSaysThatTheSnapshotDoesNotExist() throws Exception {
    try (FakePbs server =
            server(
                FinishTest::accept,
                peer ->
                    peer.answer(
                        peer.next(),
                        400,
                        "base snapshot vm/plain/2023-11-14T22:13:20Z was removed during backup,"
                            + " cannot finish as chunks might be missing"));
        BackupSession session = Sessions.backup(server)) {
      assertThatThrownBy(() -> finish(session))
          .isInstanceOfSatisfying(
              PbsException.class,
              e -> {
                assertThat(e.problem()).isEqualTo(ServerProblem.BASE_REMOVED);
                assertThat(e.problem().retry()).isEqualTo(ServerProblem.Retry.AS_FULL_READ);
              });
    }
  }
}
