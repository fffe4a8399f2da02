package org.qmpbs.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class QmpClientTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir Path directory;

  private QmpClient connect(FakeMonitor fake) throws IOException {
    return QmpClient.connect(fake.socket, LONG, LONG);
  }

  @Test
  void theGreetingTellsTheVersion() throws Exception {
    try (FakeMonitor fake =
            new FakeMonitor(
                directory,
                monitor -> {
                  monitor.handshake();
                  monitor.untilTheClientGoes();
                });
        QmpClient client = connect(fake)) {
      assertThat(client.version()).isEqualTo(new QemuVersion(7, 2, 22, "Debian"));
      assertThat(client.version()).hasToString("7.2.22 (Debian)");
    }
  }

  @Test
  void silenceMeansThatSomebodyElseUsesTheMonitor() throws Exception {
    try (FakeMonitor fake = new FakeMonitor(directory, FakeMonitor::untilTheClientGoes)) {
      assertThatThrownBy(() -> QmpClient.connect(fake.socket, SHORT, LONG))
          .isInstanceOf(QmpBusyException.class)
          .hasMessageContaining("second monitor");
    }
  }

  @Test
  void aFullQueueOfConnectionsMeansTheSame() throws Exception {
    Path socket = directory.resolve("full");
    List<SocketChannel> queue = new ArrayList<>();
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket), 1);
      // Backlog 1 takes two on Linux; the third waits in connect.
      for (int i = 0; i < 2; i++) {
        queue.add(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
      }
      assertThatThrownBy(() -> QmpClient.connect(socket, SHORT, LONG))
          .isInstanceOf(QmpBusyException.class);
    } finally {
      for (SocketChannel channel : queue) {
        channel.close();
      }
    }
  }

  @Test
  void aMissingSocketAndOneWithoutListenerAreUnreachable() throws Exception {
    assertThatThrownBy(() -> QmpClient.connect(directory.resolve("none"), LONG, LONG))
        .isInstanceOf(MonitorUnreachableException.class)
        .hasMessageContaining("none")
        .hasMessageContaining("-qmp");
    Path dead = directory.resolve("dead");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(dead));
    }
    assertThatThrownBy(() -> QmpClient.connect(dead, LONG, LONG))
        .isInstanceOf(MonitorUnreachableException.class);
  }

  @Test
  void theHumanMonitorIsRecognised() throws Exception {
    try (FakeMonitor fake =
        new FakeMonitor(
            directory,
            monitor -> {
              monitor.say("QEMU 7.2.22 monitor - type 'help' for more information");
              monitor.untilTheClientGoes();
            })) {
      assertThatThrownBy(() -> connect(fake))
          .isInstanceOf(NotAMonitorException.class)
          .hasMessageContaining("-monitor")
          .hasMessageContaining("but: QEMU 7.2.22 monitor - type 'help'");
    }
  }

  @Test
  void anEventOfAStartingMachineMayComeBeforeTheGreeting() throws Exception {
    try (FakeMonitor fake =
            new FakeMonitor(
                directory,
                monitor -> {
                  monitor.say("{\"event\": \"RESUME\"}");
                  monitor.handshake();
                  monitor.reply(monitor.hear(), "\"fine\"");
                });
        QmpClient client = connect(fake)) {
      assertThat(client.execute("query-status").asText()).isEqualTo("fine");
    }
  }

  @Test
  void repliesReachTheirCallersInWhateverOrderTheyCome() throws Exception {
    CountDownLatch firstIsSent = new CountDownLatch(1);
    try (FakeMonitor fake =
            new FakeMonitor(
                directory,
                monitor -> {
                  monitor.handshake();
                  JsonNode first = monitor.hear();
                  firstIsSent.countDown();
                  JsonNode second = monitor.hear();
                  monitor.say("{\"event\": \"STOP\"}");
                  monitor.reply(second, '"' + second.path("execute").asText() + '"');
                  monitor.reply(first, '"' + first.path("execute").asText() + '"');
                  monitor.untilTheClientGoes();
                });
        QmpClient client = connect(fake)) {
      ExecutorService threads = Executors.newFixedThreadPool(2);
      try {
        Future<JsonNode> one = threads.submit(() -> client.execute("one"));
        firstIsSent.await();
        Future<JsonNode> two = threads.submit(() -> client.execute("two"));
        assertThat(two.get().asText()).isEqualTo("two");
        assertThat(one.get().asText()).isEqualTo("one");
      } finally {
        threads.shutdownNow();
      }
    }
  }

  @Test
  void anErrorCarriesQemusClassAndText() throws Exception {
    try (FakeMonitor fake =
            new FakeMonitor(
                directory,
                monitor -> {
                  monitor.handshake();
                  JsonNode command = monitor.hear();
                  monitor.say(
                      "{\"error\": {\"class\": \"DeviceNotFound\", \"desc\": \"Node is gone\"},"
                          + " \"id\": "
                          + command.path("id")
                          + "}");
                  monitor.reply(monitor.hear(), "[1]");
                  monitor.untilTheClientGoes();
                });
        QmpClient client = connect(fake)) {
      assertThatThrownBy(() -> client.execute("blockdev-del"))
          .isInstanceOfSatisfying(
              QmpCommandException.class,
              e -> {
                assertThat(e.errorClass()).isEqualTo("DeviceNotFound");
                assertThat(e.description()).isEqualTo("Node is gone");
                assertThat(e.command()).isEqualTo("blockdev-del");
              });
      assertThat(client.execute("query-jobs")).hasSize(1);
    }
  }

  @Test
  void theEndOfQemuFailsAllWaitingCallsAtOnce() throws Exception {
    try (FakeMonitor fake =
            new FakeMonitor(
                directory,
                monitor -> {
                  monitor.handshake();
                  for (int i = 0; i < 3; i++) {
                    monitor.hear();
                  }
                });
        QmpClient client = connect(fake)) {
      ExecutorService threads = Executors.newFixedThreadPool(3);
      try {
        List<Future<JsonNode>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          calls.add(threads.submit(() -> client.execute("query-jobs")));
        }
        for (Future<JsonNode> call : calls) {
          assertThatThrownBy(call::get).hasCauseInstanceOf(MonitorClosedException.class);
        }
      } finally {
        threads.shutdownNow();
      }
      assertThatThrownBy(() -> client.execute("query-jobs"))
          .isInstanceOf(MonitorClosedException.class)
          .hasMessageContaining("QEMU ended or closed the monitor");
      assertThatThrownBy(() -> client.awaitEvent(event -> true, LONG))
          .isInstanceOf(MonitorClosedException.class);
    }
  }

  @Test
  void aReplyThatComesTooLateIsNotTakenForTheNextOne() throws Exception {
    CountDownLatch timedOut = new CountDownLatch(1);
    try (FakeMonitor fake =
            new FakeMonitor(
                directory,
                monitor -> {
                  monitor.handshake();
                  JsonNode slow = monitor.hear();
                  timedOut.await();
                  monitor.reply(slow, "\"slow\"");
                  monitor.reply(monitor.hear(), "\"next\"");
                  monitor.untilTheClientGoes();
                });
        QmpClient client = QmpClient.connect(fake.socket, LONG, SHORT)) {
      assertThatThrownBy(() -> client.execute("stop")).isInstanceOf(QmpTimeoutException.class);
      timedOut.countDown();
      assertThat(client.execute("cont").asText()).isEqualTo("next");
    }
  }

  @Test
  void whatIsNotQmpEndsTheConnection() throws Exception {
    try (FakeMonitor fake =
            new FakeMonitor(
                directory,
                monitor -> {
                  monitor.handshake();
                  monitor.hear();
                  monitor.say("{\"return\": ");
                  monitor.untilTheClientGoes();
                });
        QmpClient client = connect(fake)) {
      assertThatThrownBy(() -> client.execute("query-jobs"))
          .isInstanceOf(MonitorClosedException.class)
          .hasMessageContaining("not JSON")
          .hasCauseInstanceOf(QmpProtocolException.class);
    }
  }

  @Test
  void eventsWaitForWhoeverWantsThemAndOldOnesAreDropped() throws Exception {
    try (FakeMonitor fake =
            new FakeMonitor(
                directory,
                monitor -> {
                  monitor.handshake();
                  JsonNode command = monitor.hear();
                  for (int i = 0; i < EventQueue.CAPACITY + 10; i++) {
                    monitor.say("{\"event\": \"E" + i + "\", \"data\": {\"n\": " + i + "}}");
                  }
                  monitor.reply(command, "{}");
                  monitor.untilTheClientGoes();
                });
        QmpClient client = connect(fake)) {
      client.execute("query-jobs");
      Optional<QmpEvent> oldest = client.awaitEvent(event -> true, LONG);
      assertThat(oldest.map(QmpEvent::name)).contains("E10");
      Optional<QmpEvent> wanted =
          client.awaitEvent(event -> event.data().path("n").asInt() == 20, LONG);
      assertThat(wanted.map(QmpEvent::name)).contains("E20");
      assertThat(client.awaitEvent(event -> event.name().equals("E15"), SHORT)).isEmpty();
    }
  }

  @Test
  void aClosedClientSaysSo() throws Exception {
    try (FakeMonitor fake =
        new FakeMonitor(
            directory,
            monitor -> {
              monitor.handshake();
              monitor.untilTheClientGoes();
            })) {
      QmpClient client = connect(fake);
      client.close();
      client.close();
      assertThatThrownBy(() -> client.execute("cont")).isInstanceOf(MonitorClosedException.class);
    }
  }
}
