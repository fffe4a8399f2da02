package org.qmpbs.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A monitor that does what a script says; it serves one connection. */
final class FakeMonitor implements AutoCloseable {
  static final String GREETING =
      "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7}, \"package\":"
          + " \"Debian\"}, \"capabilities\": [\"oob\"]}}";

  interface Script {
    void play(FakeMonitor monitor) throws Exception;
  }

  final Path socket;
  private final ServerSocketChannel server;
  private final Thread thread;
  private volatile SocketChannel client;
  private BufferedReader in;

  FakeMonitor(Path directory, Script script) throws IOException {
    socket = directory.resolve("fake");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket), 1);
    thread =
        new Thread(
            () -> {
              try (SocketChannel accepted = server.accept()) {
                client = accepted;
                in =
                    new BufferedReader(
                        new InputStreamReader(
                            Channels.newInputStream(accepted), StandardCharsets.UTF_8));
                script.play(this);
              } catch (Exception e) {
                // The client's end shows what happened; the test looks there.
              }
            },
            "fake-monitor");
    thread.start();
  }

  /** A greeting and the end of the handshake. */
  void handshake() throws IOException {
    say(GREETING);
    reply(hear(), "{}");
  }

  void say(String line) throws IOException {
    raw((line + "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  void raw(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      client.write(buffer);
    }
  }

  JsonNode hear() throws IOException {
    String line = in.readLine();
    if (line == null) {
      throw new IOException("the client has gone");
    }
    return QmpMessage.MAPPER.readTree(line);
  }

  void reply(JsonNode command, String value) throws IOException {
    say("{\"return\": " + value + ", \"id\": " + command.path("id") + "}");
  }

  /** Keeps the connection until the client ends it. */
  void untilTheClientGoes() throws IOException {
    while (in.readLine() != null) {
      continue;
    }
  }

  @Override
  public void close() throws Exception {
    server.close();
    SocketChannel connection = client;
    if (connection != null) {
      connection.close();
    }
    thread.join();
  }
}
