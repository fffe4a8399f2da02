package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.qmpbs.chunker.Digest;

@Timeout(60)
class SessionFaultTest {
  private static final byte[] NOISE = new byte[4 << 20];
  private static final Digest DIGEST = Digest.sha256(NOISE);
  private static final Duration LONG = Duration.ofSeconds(30);

  static {
    new Random(1).nextBytes(NOISE);
  }

  private static void upload(FixedIndexWriter writer) throws IOException {
    writer.uploadChunk(DIGEST, NOISE.length, NOISE, NOISE.length);
  }

  private static FixedIndexWriter writer(BackupSession session) throws IOException {
    return session.createIndex("a.img.fidx", 5);
  }

  @Test
  void aConnectionCutInAnUploadEndsTheSessionWithTheCause() throws Exception {
    try (FakePbs server =
            Sessions.backupServer(
                peer -> {
                  peer.answer(peer.next(), 200, "{\"data\":1}");
                  peer.awaitBodyStart();
                  peer.close();
                });
        BackupSession session = Sessions.backup(server)) {
      FixedIndexWriter writer = writer(session);
      assertThatThrownBy(() -> upload(writer))
          .isInstanceOf(SessionLostException.class)
          .hasMessageContaining("fixed_chunk")
          .hasMessageMatching("(?s).*(closed the connection|Broken pipe|reset).*")
          .hasMessageContaining("drops the unfinished snapshot vm/plain/2023-11-14T22:13:20Z")
          .hasCauseInstanceOf(IOException.class);
      assertThatThrownBy(() -> writer.append(List.of(new IndexEntry(0, DIGEST))))
          .isInstanceOf(SessionLostException.class);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void callsInFlightElsewhereEndWithTheSession() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (FakePbs server =
            Sessions.backupServer(
                peer -> {
                  peer.next();
                  peer.next();
                  peer.close();
                });
        BackupSession session = Sessions.backup(server)) {
      List<Future<?>> results = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        String name = i + ".img.fidx";
        results.add(
            threads.submit(
                () -> {
                  both.countDown();
                  return session.createIndex(name, 5);
                }));
      }
      both.await();
      for (Future<?> result : results) {
        assertThatThrownBy(result::get).hasCauseInstanceOf(SessionLostException.class);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aGoAwayEndsTheSessionAndNothingIsReopened() throws Exception {
    CountDownLatch said = new CountDownLatch(1);
    try (FakePbs server =
            Sessions.backupServer(
                peer -> {
                  H2Peer.Call call = peer.next();
                  peer.goAway(call.stream());
                  peer.answer(call, 200, "{\"data\":1}");
                  said.countDown();
                  peer.next();
                });
        BackupSession session = Sessions.backup(server)) {
      FixedIndexWriter writer = writer(session);
      said.await();
      assertThatThrownBy(() -> upload(writer)).isInstanceOf(SessionLostException.class);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void aResetStreamEndsTheSession() throws Exception {
    try (FakePbs server =
            Sessions.backupServer(
                peer -> {
                  peer.reset(peer.next().stream(), 2);
                  peer.next();
                });
        BackupSession session = Sessions.backup(server)) {
      assertThatThrownBy(() -> writer(session))
          .isInstanceOf(SessionLostException.class)
          .hasMessageContaining("INTERNAL_ERROR");
      assertThatThrownBy(() -> writer(session)).isInstanceOf(SessionLostException.class);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void aRefusalInTheMiddleOfAnUploadDeliversItsText() throws Exception {
    try (FakePbs server =
            Sessions.backupServer(
                peer -> {
                  peer.answer(peer.next(), 200, "{\"data\":1}");
                  int stream = peer.awaitBodyStart();
                  peer.answer(
                      stream,
                      400,
                      "uploaded chunk is larger than announced.".getBytes("UTF-8"),
                      true);
                  peer.next();
                });
        BackupSession session = Sessions.backup(server)) {
      FixedIndexWriter writer = writer(session);
      assertThatThrownBy(() -> upload(writer))
          .isInstanceOfSatisfying(
              PbsException.class,
              e ->
                  assertThat(e.serverText()).isEqualTo("uploaded chunk is larger than announced."));
    }
  }

  @Test
  void aSlowCallTimesOutAndTheSessionGoesOn() throws Exception {
    Timeouts timeouts = new Timeouts(LONG, Duration.ofMillis(500), LONG);
    try (FakePbs server =
            Sessions.backupServer(
                peer -> {
                  peer.next();
                  peer.answer(peer.next(), 200, "{\"data\":1}");
                  peer.next();
                });
        BackupSession session = Sessions.backup(server, timeouts)) {
      assertThatThrownBy(() -> writer(session))
          .isInstanceOf(OperationTimeoutException.class)
          .hasMessage("fixed_index had no answer within 500 ms");
      assertThat(writer(session)).isNotNull();
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void anInterruptedCallLeavesTheSessionUsable() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    AtomicReference<Throwable> seen = new AtomicReference<>();
    try (FakePbs server =
            Sessions.backupServer(
                peer -> {
                  peer.next();
                  arrived.countDown();
                  peer.answer(peer.next(), 200, "{\"data\":1}");
                  peer.next();
                });
        BackupSession session = Sessions.backup(server)) {
      Thread worker =
          new Thread(
              () -> {
                try {
                  writer(session);
                } catch (IOException e) {
                  seen.set(e);
                }
              });
      worker.start();
      arrived.await();
      worker.interrupt();
      worker.join();
      assertThat(seen.get()).isInstanceOf(InterruptedIOException.class);
      assertThat(writer(session)).isNotNull();
    }
  }

  @Test
  void anUnansweredPingEndsTheSession() throws Exception {
    Timeouts timeouts = new Timeouts(LONG, LONG, Duration.ofMillis(300));
    try (FakePbs server =
            Sessions.backupServer(
                peer -> {
                  peer.answerPings = false;
                  peer.next();
                  peer.next();
                });
        BackupSession session = Sessions.backup(server, timeouts)) {
      assertThatThrownBy(() -> writer(session))
          .isInstanceOf(SessionLostException.class)
          .hasMessageContaining("ping");
    }
  }

  @Test
  void aWriteThatNobodyReadsIsCutAfterFourPings() throws Exception {
    Timeouts timeouts = new Timeouts(LONG, LONG, Duration.ofMillis(500));
    CountDownLatch end = new CountDownLatch(1);
    try (FakePbs server =
            Sessions.backupServer(
                peer -> {
                  peer.answer(peer.next(), 200, "{\"data\":1}");
                  end.await();
                });
        BackupSession session = Sessions.backup(server, timeouts)) {
      FixedIndexWriter writer = writer(session);
      byte[] large = new byte[30 << 20];
      long start = System.nanoTime();
      assertThatThrownBy(() -> writer.uploadChunk(DIGEST, 1, large, large.length))
          .isInstanceOf(SessionLostException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
      end.countDown();
    }
  }

  @Test
  void closingEndsAWaitingCall() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    AtomicReference<Throwable> seen = new AtomicReference<>();
    try (FakePbs server =
        Sessions.backupServer(
            peer -> {
              peer.next();
              arrived.countDown();
              peer.next();
            })) {
      BackupSession session = Sessions.backup(server);
      Thread worker =
          new Thread(
              () -> {
                try {
                  writer(session);
                } catch (IOException e) {
                  seen.set(e);
                }
              });
      worker.start();
      arrived.await();
      session.close();
      session.close();
      worker.join();
      assertThat(seen.get())
          .isInstanceOf(SessionLostException.class)
          .hasMessageContaining("it was closed here");
    }
  }

  @Test
  void manyCallsAtOnceShareTheOneConnection() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(40);
    try (FakePbs server =
            Sessions.backupServer(
                peer -> {
                  while (true) {
                    peer.answer(peer.next(), 200, "{\"data\":1}");
                  }
                });
        BackupSession session = Sessions.backup(server)) {
      List<Future<FixedIndexWriter>> results = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        String name = i + ".img.fidx";
        results.add(threads.submit(() -> session.createIndex(name, 5)));
      }
      for (Future<FixedIndexWriter> result : results) {
        assertThat(result.get()).isNotNull();
      }
      assertThat(server.connections()).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
  }
}
