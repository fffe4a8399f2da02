package org.qmpbs.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GuestAgentTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir Path directory;

  @Test
  void freezesAndThawsAndSaysHowMany() throws Exception {
    try (FakePort port =
            new FakePort(
                directory,
                fake -> {
                  fake.sync();
                  fake.answer("\"thawed\"");
                  fake.answer("3");
                  fake.answer("\"frozen\"");
                  fake.answer("2");
                });
        GuestAgent agent = GuestAgent.connect(port.socket, LONG)) {
      assertThat(agent.isFrozen()).isFalse();
      assertThat(agent.freeze(LONG)).isEqualTo(3);
      assertThat(agent.isFrozen()).isTrue();
      assertThat(agent.thaw(LONG)).isEqualTo(2);
    }
  }

  @Test
  void whatAnAgentMayNotDoIsNotAmongItsAbilities() throws Exception {
    String info =
        "{\"version\": \"7.2.22\", \"supported_commands\": ["
            + "{\"name\": \"guest-fsfreeze-status\", \"enabled\": true},"
            + "{\"name\": \"guest-fsfreeze-freeze\", \"enabled\": %s},"
            + "{\"name\": \"guest-fsfreeze-thaw\", \"enabled\": true}]}";
    try (FakePort port =
            new FakePort(
                directory,
                fake -> {
                  fake.sync();
                  fake.answer(info.formatted("true"));
                  fake.answer(info.formatted("false"));
                });
        GuestAgent agent = GuestAgent.connect(port.socket, LONG)) {
      AgentInfo able = agent.info();
      assertThat(able.canFreeze()).isTrue();
      assertThat(able.version()).isEqualTo("7.2.22");
      assertThat(agent.info().canFreeze()).isFalse();
    }
  }

  @Test
  void repliesToOthersArePassedOver() throws Exception {
    try (FakePort port =
            new FakePort(
                directory,
                fake -> {
                  fake.say("half a reply\"}");
                  fake.raw(new byte[] {(byte) AgentWire.SENTINEL});
                  fake.say("{\"return\": 0}");
                  fake.say("{\"return\": \"frozen\"}");
                  fake.sync();
                  fake.answer("\"thawed\"");
                });
        GuestAgent agent = GuestAgent.connect(port.socket, LONG)) {
      assertThat(agent.isFrozen()).isFalse();
    }
  }

  @Test
  void afterATimeoutTheLateReplyIsNotTakenForTheNextOne() throws Exception {
    CountDownLatch late = new CountDownLatch(1);
    try (FakePort port =
            new FakePort(
                directory,
                fake -> {
                  fake.sync();
                  fake.hear();
                  late.await();
                  fake.say("{\"return\": 5}");
                  fake.sync();
                  fake.answer("1");
                });
        GuestAgent agent = GuestAgent.connect(port.socket, LONG)) {
      assertThatThrownBy(() -> agent.freeze(SHORT))
          .isInstanceOf(AgentTimeoutException.class)
          .hasMessageContaining("guest-fsfreeze-freeze");
      late.countDown();
      assertThat(agent.thaw(LONG)).isEqualTo(1);
      assertThat(port.asked)
          .containsSubsequence(
              "guest-fsfreeze-freeze", "guest-sync-delimited", "guest-fsfreeze-thaw");
    }
  }

  @Test
  void aRefusalCarriesClassAndTextAndTheConversationGoesOn() throws Exception {
    try (FakePort port =
            new FakePort(
                directory,
                fake -> {
                  fake.sync();
                  fake.refuse("failed to freeze /data");
                  fake.answer("0");
                });
        GuestAgent agent = GuestAgent.connect(port.socket, LONG)) {
      assertThatThrownBy(() -> agent.freeze(LONG))
          .isInstanceOfSatisfying(
              AgentRefusedException.class,
              e -> {
                assertThat(e.command()).isEqualTo("guest-fsfreeze-freeze");
                assertThat(e.errorClass()).isEqualTo("GenericError");
                assertThat(e.description()).isEqualTo("failed to freeze /data");
              });
      assertThat(agent.thaw(LONG)).isZero();
    }
  }

  @Test
  void anAnswerOfAnotherKindIsAProtocolErrorWithItsPlace() throws Exception {
    try (FakePort port =
            new FakePort(
                directory,
                fake -> {
                  fake.sync();
                  fake.answer("-1");
                  fake.answer("\"lukewarm\"");
                  fake.hear();
                  fake.say("nonsense");
                });
        GuestAgent agent = GuestAgent.connect(port.socket, LONG)) {
      assertThatThrownBy(() -> agent.freeze(LONG)).isInstanceOf(AgentProtocolException.class);
      assertThatThrownBy(agent::isFrozen)
          .isInstanceOfSatisfying(
              AgentProtocolException.class, e -> assertThat(e.offset()).isGreaterThan(20));
      assertThatThrownBy(agent::isFrozen)
          .isInstanceOf(AgentProtocolException.class)
          .hasMessageContaining("JSON");
    }
  }

  @Test
  void silenceIsToldFromAMachineThatIsGone() throws Exception {
    try (FakePort port = new FakePort(directory, FakePort::untilTheClientGoes)) {
      assertThatThrownBy(() -> GuestAgent.connect(port.socket, SHORT))
          .isInstanceOf(AgentSilentException.class)
          .hasMessageContaining("qemu-guest-agent");
    }
    for (Path gone : List.of(directory.resolve("none"), directory.resolve("agent"))) {
      assertThatThrownBy(() -> GuestAgent.connect(gone, LONG))
          .isInstanceOfSatisfying(
              AgentUnreachableException.class, e -> assertThat(e.nobodyThere()).isTrue());
    }
  }

  @Test
  void aFullQueueOfConnectionsDoesNotBlock() throws Exception {
    Path socket = directory.resolve("full");
    List<SocketChannel> queue = new ArrayList<>();
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket), 1);
      // Backlog 1 takes two on Linux.
      for (int i = 0; i < 2; i++) {
        queue.add(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
      }
      assertThatThrownBy(() -> GuestAgent.connect(socket, LONG))
          .isInstanceOf(AgentBusyException.class);
    } finally {
      for (SocketChannel channel : queue) {
        channel.close();
      }
    }
  }

  @Test
  void theEndOfQemuAndOurOwnEndACallAtOnce() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (FakePort port =
        new FakePort(
            directory,
            fake -> {
              fake.sync();
              fake.hear();
            },
            fake -> {
              fake.sync();
              fake.hear();
              asked.countDown();
              fake.untilTheClientGoes();
            })) {
      try (GuestAgent agent = GuestAgent.connect(port.socket, LONG)) {
        assertThatThrownBy(() -> agent.freeze(LONG))
            .isInstanceOf(AgentClosedException.class)
            .hasMessageContaining("guest-fsfreeze-freeze");
      }
      GuestAgent agent = GuestAgent.connect(port.socket, LONG);
      Future<Integer> call = thread.submit(() -> agent.freeze(LONG));
      asked.await();
      agent.close();
      agent.close();
      assertThatThrownBy(call::get).hasCauseInstanceOf(AgentClosedException.class);
    } finally {
      thread.shutdownNow();
    }
  }
}
