package org.qmpbs.pbs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * A TLS server that does what a test's script says with each connection. It keeps whatever it could
 * decrypt, so that a test can prove what was never sent.
 */
final class FakePbs implements AutoCloseable {
  static final String TOKEN = "me@pbs!job";
  static final String SECRET = "s3cret/+ü";
  static final Timeouts TIMEOUTS =
      new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(10));

  /** What happens after the TLS handshake. */
  interface Script {
    void run(FakePbs server, SSLSocket socket) throws Exception;
  }

  private final SSLServerSocket listener;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  /** Requests of all connections, decrypted; one string per connection that got through TLS. */
  final List<String> heads = new CopyOnWriteArrayList<>();

  /** Errors of scripts and handshakes. */
  final List<Throwable> failures = new CopyOnWriteArrayList<>();

  FakePbs(TestCertificate certificate, Script script) throws IOException, GeneralSecurityException {
    listener =
        (SSLServerSocket)
            certificate
                .serverContext()
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(
        () -> {
          while (!listener.isClosed()) {
            try {
              SSLSocket socket = (SSLSocket) listener.accept();
              sockets.add(socket);
              threads.execute(() -> serve(socket, script));
            } catch (IOException e) {
              return;
            }
          }
        });
  }

  private void serve(SSLSocket socket, Script script) {
    try (socket) {
      socket.startHandshake();
      script.run(this, socket);
    } catch (Exception e) {
      failures.add(e);
    }
  }

  /** Reads one HTTP/1.1 request head and keeps it. */
  String readHead(SSLSocket socket) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int octet = socket.getInputStream().read();
      if (octet < 0) {
        break;
      }
      head.write(octet);
    }
    String text = head.toString(StandardCharsets.ISO_8859_1);
    if (!text.isEmpty()) {
      heads.add(text);
    }
    return text;
  }

  /** Answers an upgrade with 101 and HTTP/2's SETTINGS in one TLS record. */
  H2Peer upgrade(SSLSocket socket) throws IOException {
    return switchProtocols(socket, readHead(socket));
  }

  /** The same, for a request that has been read. */
  H2Peer switchProtocols(SSLSocket socket, String head) throws IOException {
    String protocol = head.replaceFirst("(?s).*Upgrade: ([^\r]*)\r\n.*", "$1");
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    answer.writeBytes(
        ("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: "
                + protocol
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    answer.writeBytes(H2Peer.serverPreface());
    socket.getOutputStream().write(answer.toByteArray());
    socket.getOutputStream().flush();
    return new H2Peer(socket);
  }

  /** Answers one request like the server does, error text in the body. */
  void respond(SSLSocket socket, int status, String body, String... fields) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " X\r\n");
    for (String field : fields) {
      head.append(field).append("\r\n");
    }
    head.append("content-length: ").append(bytes.length).append("\r\n\r\n");
    socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  Repository repository() {
    return new Repository(TOKEN, "127.0.0.1", listener.getLocalPort(), "store1");
  }

  /** Opens a client that has the given pins. */
  PbsServer client(Timeouts timeouts, Fingerprint... pins) throws IOException {
    return PbsServer.open(
        new Login(repository(), new Secret(SECRET), new ArrayList<>(List.of(pins))), timeouts);
  }

  int connections() {
    return sockets.size();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.shutdownNow();
  }
}
