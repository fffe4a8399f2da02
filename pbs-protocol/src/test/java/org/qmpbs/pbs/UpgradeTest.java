package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class UpgradeTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | no such datastore 'nope' | NOT_FOUND",
        "404 | namespace not found | NOT_FOUND",
        "400 | invalid protocol name | PROTOCOL",
        "401 | authentication failed - invalid credentials | LOGIN",
        "403 | missing permissions 'Datastore.Backup' on '/datastore/transcript' | PERMISSION",
        "400 | backup timestamp is older than last backup. | CLOCK",
        "400 | while creating locked backup group 'BackupGroup { }' | LOCKED",
        "400 | backup owner check failed (me@pbs!job != root@pam) | PERMISSION",
        "400 | datastore 'x' is in read-only maintenance mode: moving | UNAVAILABLE",
      })
  void aRefusedUpgradeKeepsTheTextAndSaysWhatItMeans(int status, String text, ServerProblem problem)
      throws Exception {
    try (FakePbs server =
        new FakePbs(
            TestCertificate.LOCALHOST,
            (fake, socket) -> {
              fake.readHead(socket);
              fake.respond(socket, status, text);
              Sessions.drain(socket);
            })) {
      assertThatThrownBy(() -> Sessions.backup(server))
          .isInstanceOfSatisfying(
              PbsException.class,
              e -> {
                assertThat(e.status()).isEqualTo(status);
                assertThat(e.serverText()).isEqualTo(text);
                assertThat(e.problem()).isEqualTo(problem);
                assertThat(e.remedy()).isNotBlank();
                assertThat(e.toString()).doesNotContain("s3cret");
              });
    }
  }

  private static FakePbs raw(String answer) throws Exception {
    return new FakePbs(
        TestCertificate.LOCALHOST,
        (fake, socket) -> {
          fake.readHead(socket);
          socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
          socket.getOutputStream().flush();
          socket.shutdownOutput();
          Sessions.drain(socket);
        });
  }

  @Test
  void aChunkedRefusalIsReadToo() throws Exception {
    String answer =
        "HTTP/1.1 503 X\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nnot r\r\n4\r\neady\r\n0\r\n\r\n";
    try (FakePbs server = raw(answer)) {
      assertThatThrownBy(() -> Sessions.backup(server))
          .isInstanceOfSatisfying(
              PbsException.class,
              e -> {
                assertThat(e.serverText()).isEqualTo("not ready");
                assertThat(e.problem()).isEqualTo(ServerProblem.NOT_READY);
              });
    }
  }

  @Test
  void anEndlessRefusalIsCutOff() throws Exception {
    String text = "x".repeat(1 << 20);
    try (FakePbs server =
        new FakePbs(
            TestCertificate.LOCALHOST,
            (fake, socket) -> {
              fake.readHead(socket);
              socket.getOutputStream().write("HTTP/1.1 400 X\r\n\r\n".getBytes("US-ASCII"));
              while (true) {
                socket.getOutputStream().write(text.getBytes("US-ASCII"));
              }
            })) {
      assertThatThrownBy(() -> Sessions.backup(server))
          .isInstanceOfSatisfying(
              PbsException.class,
              e -> {
                assertThat(e.serverText()).hasSize(64 << 10);
                assertThat(e.getMessage()).hasSizeLessThan(2000);
              });
    }
  }

  @Test
  void somethingThatIsNoHttpServerIsABadAnswer() throws Exception {
    try (FakePbs server = raw("220 mail.example ESMTP\r\n\r\n")) {
      assertThatThrownBy(() -> Sessions.backup(server))
          .isInstanceOf(BadAnswerException.class)
          .hasMessageContaining("220 mail.example ESMTP");
    }
  }

  @Test
  void anUpgradeToAnotherProtocolIsABadAnswer() throws Exception {
    try (FakePbs server = raw("HTTP/1.1 101 X\r\nUpgrade: websocket\r\n\r\n")) {
      assertThatThrownBy(() -> Sessions.backup(server))
          .isInstanceOf(BadAnswerException.class)
          .hasMessageContaining(
              "expected the protocol proxmox-backup-protocol-v1, found websocket");
    }
  }

  @Test
  void anEndlessHeadIsCutOff() throws Exception {
    try (FakePbs server = raw("HTTP/1.1 101 X\r\nA: " + "x".repeat(70_000))) {
      assertThatThrownBy(() -> Sessions.backup(server))
          .isInstanceOf(BadAnswerException.class)
          .hasMessageContaining("at most 65536 bytes");
    }
  }

  @Test
  void aConnectionThatEndsBeforeAnAnswerIsUnreachable() throws Exception {
    try (FakePbs server = raw("HTTP/1.1 1")) {
      assertThatThrownBy(() -> Sessions.backup(server))
          .isInstanceOf(ServerUnreachableException.class)
          .hasMessageContaining("closed the connection without an answer");
    }
  }

  @Test
  void aServerThatSaysNothingIsGivenUpInTime() throws Exception {
    Timeouts timeouts = new Timeouts(Duration.ofMillis(600), LONG, LONG);
    try (FakePbs server =
        new FakePbs(TestCertificate.LOCALHOST, (fake, socket) -> Sessions.drain(socket))) {
      assertThatThrownBy(() -> Sessions.backup(server, timeouts))
          .isInstanceOf(ServerUnreachableException.class)
          .hasMessageContaining("no answer within 600 ms");
    }
  }

  @Test
  void aServerThatTricklesIsGivenUpInTime() throws Exception {
    Timeouts timeouts = new Timeouts(Duration.ofMillis(800), LONG, LONG);
    CountDownLatch never = new CountDownLatch(1);
    try (FakePbs server =
        new FakePbs(
            TestCertificate.LOCALHOST,
            (fake, socket) -> {
              fake.readHead(socket);
              while (!never.await(50, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                socket.getOutputStream().write('H');
                socket.getOutputStream().flush();
              }
            })) {
      assertThatThrownBy(() -> Sessions.backup(server, timeouts))
          .isInstanceOf(ServerUnreachableException.class)
          .hasMessageContaining("no answer within 800 ms");
    }
  }

  @Test
  void aPortWithoutTlsIsNamedAsSuch() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread plain =
          new Thread(
              () -> {
                try (Socket socket = listener.accept()) {
                  socket.getInputStream().read();
                  socket
                      .getOutputStream()
                      .write("HTTP/1.1 400 plain text\r\n\r\n".getBytes("US-ASCII"));
                  socket.getOutputStream().flush();
                  socket.getInputStream().read(new byte[65_536]);
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      plain.start();
      Repository repository =
          new Repository(FakePbs.TOKEN, "127.0.0.1", listener.getLocalPort(), "store1");
      assertThatThrownBy(
              () ->
                  PbsServer.open(
                          new Login(
                              repository,
                              new Secret(FakePbs.SECRET),
                              java.util.List.of(TestCertificate.LOCALHOST.fingerprint())),
                          FakePbs.TIMEOUTS)
                      .startBackup(Namespace.ROOT, Sessions.SNAPSHOT, Protection.NONE))
          .isInstanceOf(TlsFailedException.class);
      plain.join();
    }
  }

  /** As a server does that goes down: no reason to believe that its TLS is wrong. */
  @Test
  void aServerThatHangsUpInTheHandshakeIsUnreachableForSessionsAndRest() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread down =
          new Thread(
              () -> {
                while (!listener.isClosed()) {
                  try (Socket socket = listener.accept()) {
                    socket.getInputStream().readNBytes(5);
                    socket.shutdownOutput();
                    socket.getInputStream().readAllBytes();
                  } catch (java.io.IOException e) {
                    // The end of the test, or a client that hung up in turn.
                  }
                }
              },
              "test-hangs-up");
      down.start();
      try (PbsServer pbs =
          PbsServer.open(
              new Login(
                  new Repository(FakePbs.TOKEN, "127.0.0.1", listener.getLocalPort(), "store1"),
                  new Secret(FakePbs.SECRET),
                  java.util.List.of(TestCertificate.LOCALHOST.fingerprint())),
              FakePbs.TIMEOUTS)) {
        for (ThrowableAssert.ThrowingCallable attempt :
            java.util.List.<ThrowableAssert.ThrowingCallable>of(
                () -> pbs.startBackup(Namespace.ROOT, Sessions.SNAPSHOT, Protection.NONE),
                pbs::version)) {
          assertThatThrownBy(attempt)
              .isInstanceOfSatisfying(
                  ServerUnreachableException.class,
                  e -> {
                    assertThat(e.stage()).isEqualTo(ServerUnreachableException.Stage.ANSWER);
                    assertThat(e.retry()).isEqualTo(ServerProblem.Retry.SOON);
                  });
        }
      }
      listener.close();
      down.join();
    }
  }

  @Test
  void nobodyAtThePortIsUnreachableForSessionsAndRest() throws Exception {
    int port;
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      port = listener.getLocalPort();
    }
    try (PbsServer pbs =
        PbsServer.open(
            new Login(
                new Repository(FakePbs.TOKEN, "127.0.0.1", port, "store1"),
                new Secret(FakePbs.SECRET),
                java.util.List.of()),
            FakePbs.TIMEOUTS)) {
      assertThatThrownBy(() -> pbs.startBackup(Namespace.ROOT, Sessions.SNAPSHOT, Protection.NONE))
          .isInstanceOfSatisfying(
              ServerUnreachableException.class,
              e -> {
                assertThat(e.port()).isEqualTo(port);
                assertThat(e.stage()).isEqualTo(ServerUnreachableException.Stage.CONNECT);
              });
      assertThatThrownBy(pbs::version)
          .isInstanceOf(ServerUnreachableException.class)
          .hasMessageContaining("127.0.0.1:" + port)
          .hasMessageContaining("refused");
    }
  }

  @Test
  void anUnknownHostIsUnreachableForSessionsAndRest() throws Exception {
    try (PbsServer pbs =
        PbsServer.open(
            new Login(
                new Repository(FakePbs.TOKEN, "no-such-host.invalid", 8007, "store1"),
                new Secret(FakePbs.SECRET),
                java.util.List.of()),
            FakePbs.TIMEOUTS)) {
      assertThatThrownBy(() -> pbs.startBackup(Namespace.ROOT, Sessions.SNAPSHOT, Protection.NONE))
          .isInstanceOf(ServerUnreachableException.class)
          .hasMessageContaining("no such host");
      assertThatThrownBy(pbs::version)
          .isInstanceOf(ServerUnreachableException.class)
          .hasMessageContaining("no such host");
    }
  }
}
