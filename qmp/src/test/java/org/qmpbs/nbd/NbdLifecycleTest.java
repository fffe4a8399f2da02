package org.qmpbs.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.qmpbs.nbd.NbdClient.BASE_ALLOCATION;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Dead servers, interrupts, limits and the end: nothing hangs, and all is told. */
@Timeout(60)
class NbdLifecycleTest {
  private static final Duration SHORT = Duration.ofMillis(200);

  @Test
  void aServerThatNeverAcceptsIsTimedOut() throws Exception {
    try (FakeNbdServer server = FakeNbdServer.deaf(1)) {
      List<SocketChannel> crowd = new ArrayList<>();
      try {
        // Fills the backlog, as a stopped QEMU's would be: connect itself blocks after that.
        for (int i = 0; i < 2; i++) {
          SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
          crowd.add(channel);
          channel.connect(UnixDomainSocketAddress.of(server.socket()));
        }
        assertThatThrownBy(() -> server.connect(SHORT))
            .isInstanceOf(NbdTimeoutException.class)
            .hasMessageContaining(server.socket().toString())
            .hasMessageContaining("PT0.2S");
      } finally {
        for (SocketChannel channel : crowd) {
          channel.close();
        }
      }
    }
  }

  static Stream<FakeNbdServer.Script> beginnings() {
    return Stream.of(
        peer -> {},
        peer -> peer.send(new byte[] {'N', 'B', 'D'}),
        FakePeer::greet,
        FakePeer::structured,
        peer -> {
          peer.structured();
          peer.contexts(BASE_ALLOCATION);
        },
        peer -> {
          peer.structured();
          peer.contexts(BASE_ALLOCATION);
          peer.option(Proto.OPT_GO);
          peer.reply(Proto.OPT_GO, Proto.REP_INFO, Wire.exportInfo(512, 1));
        });
  }

  @ParameterizedTest
  @MethodSource("beginnings")
  void aServerThatFallsSilentWhileNegotiatingIsTimedOut(FakeNbdServer.Script beginning)
      throws Exception {
    try (FakeNbdServer server =
        FakeNbdServer.start(
            peer -> {
              beginning.serve(peer);
              peer.awaitEnd();
            })) {
      assertThatThrownBy(() -> server.connect(SHORT, BASE_ALLOCATION))
          .isInstanceOf(NbdTimeoutException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("beginnings")
  void aServerThatHangsUpWhileNegotiatingIsLost(FakeNbdServer.Script beginning) throws Exception {
    try (FakeNbdServer server = FakeNbdServer.start(beginning)) {
      assertThatThrownBy(() -> server.connect(BASE_ALLOCATION))
          .isInstanceOf(NbdConnectionLostException.class)
          .hasMessageContaining(server.socket().toString());
    }
  }

  static Stream<FakeNbdServer.Script> unfinishedReplies() {
    return Stream.of(
        peer -> peer.request(),
        peer -> {
          peer.request();
          peer.send(Wire.bytes().u32(Proto.STRUCTURED_REPLY_MAGIC).u16(1).done());
        },
        peer -> {
          long cookie = peer.request().cookie();
          byte[] whole = Wire.data(cookie, true, 0, new byte[8]);
          peer.send(Arrays.copyOf(whole, whole.length - 1));
        },
        peer -> peer.send(Wire.data(peer.request().cookie(), false, 0, new byte[8])),
        peer -> peer.send(Wire.error(peer.request().cookie(), false, 5, "")));
  }

  @ParameterizedTest
  @MethodSource("unfinishedReplies")
  void aServerThatFallsSilentInAReplyIsTimedOut(FakeNbdServer.Script reply) throws Exception {
    try (FakeNbdServer server =
            FakeNbdServer.start(
                peer -> {
                  peer.negotiate();
                  reply.serve(peer);
                  peer.awaitEnd();
                });
        NbdClient client = server.connect(SHORT)) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> client.read(0, new byte[8], 0, 8))
            .isInstanceOf(NbdTimeoutException.class)
            .hasMessageContaining("no reply within PT0.2S to a read of 8 bytes at 0");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("unfinishedReplies")
  void aServerThatHangsUpInAReplyIsLost(FakeNbdServer.Script reply) throws Exception {
    try (FakeNbdServer server =
            FakeNbdServer.start(
                peer -> {
                  peer.negotiate();
                  reply.serve(peer);
                });
        NbdClient client = server.connect()) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> client.read(0, new byte[8], 0, 8))
            .isInstanceOf(NbdConnectionLostException.class)
            .hasMessageStartingWith("NBD export 'disk': ");
      }
    }
  }

  @Test
  void aReplyInTimeKeepsTheConnectionBeyondTheTimeout() throws Exception {
    CountDownLatch late = new CountDownLatch(1);
    try (FakeNbdServer server =
            FakeNbdServer.start(
                peer -> {
                  peer.negotiate();
                  peer.answer(peer.request(), 1);
                  late.await();
                  peer.answer(peer.request(), 2);
                  peer.awaitEnd();
                });
        NbdClient client = server.connect(Duration.ofSeconds(1))) {
      byte[] target = new byte[1];
      client.read(0, target, 0, 1);
      // Ordered behind the deadline of the read above in the one thread that keeps deadlines.
      Deadline never = Watchdog.after(Duration.ofSeconds(1), late::countDown);
      late.await();
      assertThat(never.met()).isFalse();
      client.read(0, target, 0, 1);
      assertThat(target).containsExactly(2);
    }
  }

  @Test
  void moreRequestsThanTheLimitWaitInTheCallersThread() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    try (FakeNbdServer server =
            FakeNbdServer.start(
                peer -> {
                  peer.negotiate();
                  List<FakePeer.Received> reads = new ArrayList<>();
                  for (int i = 0; i < NbdClient.MAX_IN_FLIGHT; i++) {
                    reads.add(peer.request());
                  }
                  goOn.await();
                  peer.answer(reads.remove(3), 1);
                  reads.add(peer.request());
                  for (FakePeer.Received read : reads) {
                    peer.answer(read, 1);
                  }
                  peer.awaitEnd();
                });
        NbdClient client = server.connect()) {
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread caller =
          new Thread(
              () -> {
                try {
                  List<CompletableFuture<Void>> reads = new ArrayList<>();
                  for (int i = 0; i <= NbdClient.MAX_IN_FLIGHT; i++) {
                    reads.add(client.readAsync(i, new byte[1], 0, 1));
                  }
                  CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new)).join();
                } catch (IOException | RuntimeException e) {
                  failure.set(e);
                }
              });
      caller.start();
      while (client.requestsSent() < NbdClient.MAX_IN_FLIGHT
          || caller.getState() != Thread.State.WAITING) {
        assertThat(caller.isAlive()).isTrue();
        Thread.onSpinWait();
      }
      assertThat(client.requestsSent()).isEqualTo(NbdClient.MAX_IN_FLIGHT);
      goOn.countDown();
      caller.join();
      assertThat(failure.get()).isNull();
      assertThat(client.requestsSent()).isEqualTo(NbdClient.MAX_IN_FLIGHT + 1);
    }
  }

  @Test
  void closingSaysGoodbyeOnceAndThenRefusesRequests() throws Exception {
    List<Integer> commands = new ArrayList<>();
    try (FakeNbdServer server =
        FakeNbdServer.start(
            peer -> {
              peer.negotiate();
              commands.add(peer.request().command());
              peer.awaitEnd();
            })) {
      NbdClient client = server.connect();
      client.close();
      client.close();
      assertThatThrownBy(() -> client.read(0, new byte[1], 0, 1))
          .isInstanceOf(NbdClosedException.class)
          .hasMessageContaining("NBD export 'disk': the connection was closed");
      assertThat(client.requestsSent()).isZero();
    }
    assertThat(commands).containsExactly(Proto.CMD_DISC);
  }

  @Test
  void closingFailsWhatIsInFlight() throws Exception {
    try (FakeNbdServer server =
        FakeNbdServer.start(
            peer -> {
              peer.negotiate();
              peer.awaitEnd();
            })) {
      NbdClient client = server.connect();
      CompletableFuture<Void> read = client.readAsync(0, new byte[1], 0, 1);
      client.close();
      assertThat(read)
          .failsWithin(10, TimeUnit.SECONDS)
          .withThrowableThat()
          .withCauseInstanceOf(NbdClosedException.class);
    }
  }

  @Test
  void theThreadOfAConnectionEndsWithIt() throws Exception {
    try (FakeNbdServer server =
        FakeNbdServer.start(
            peer -> {
              peer.negotiate();
              peer.awaitEnd();
            })) {
      NbdClient client =
          NbdClient.connect(server.socket(), "only-here", List.of(), FakeNbdServer.TIMEOUT);
      assertThat(threads()).contains("qmpbs-nbd-only-here");
      client.close();
      assertThat(threads()).doesNotContain("qmpbs-nbd-only-here");
    }
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isDaemon)
        .map(Thread::getName)
        .toList();
  }

  @Test
  void aCallbackInTheReadersThreadMayNotWaitForItself() throws Exception {
    CountDownLatch chained = new CountDownLatch(1);
    try (FakeNbdServer server =
            FakeNbdServer.start(
                peer -> {
                  peer.negotiate();
                  FakePeer.Received read = peer.request();
                  chained.await();
                  peer.answer(read, 1);
                  peer.awaitEnd();
                });
        NbdClient client = server.connect()) {
      CompletableFuture<Void> read =
          client
              .readAsync(0, new byte[1], 0, 1)
              .thenRun(
                  () -> {
                    try {
                      client.read(0, new byte[1], 0, 1);
                    } catch (IOException e) {
                      throw new AssertionError(e);
                    }
                  });
      chained.countDown();
      assertThat(read)
          .failsWithin(10, TimeUnit.SECONDS)
          .withThrowableThat()
          .withCauseInstanceOf(IllegalStateException.class)
          .withMessageContaining("thenApplyAsync");
    }
  }

  @Test
  void anInterruptEndsTheWaitTheConnectionAndIsKept() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    try (FakeNbdServer server =
            FakeNbdServer.start(
                peer -> {
                  peer.negotiate();
                  peer.request();
                  asked.countDown();
                  peer.awaitEnd();
                });
        NbdClient client = server.connect()) {
      CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
      Thread caller =
          new Thread(
              () -> {
                try {
                  client.read(0, new byte[1], 0, 1);
                } catch (NbdConnectionLostException e) {
                  interrupted.complete(Thread.currentThread().isInterrupted());
                } catch (IOException | RuntimeException e) {
                  interrupted.completeExceptionally(e);
                }
              });
      caller.start();
      asked.await();
      caller.interrupt();
      assertThat(interrupted).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo(true);
      assertThatThrownBy(() -> client.read(0, new byte[1], 0, 1))
          .isInstanceOf(NbdConnectionLostException.class)
          .hasMessageContaining("interrupted");
    }
  }
}
