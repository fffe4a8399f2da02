package org.qmpbs.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A port whose agent does what a script says, one script for each connection. */
final class FakePort implements AutoCloseable {
  interface Script {
    void play(FakePort port) throws Exception;
  }

  final Path socket;

  /** What was asked, over all connections. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  private final ServerSocketChannel server;
  private final Thread thread;
  private volatile SocketChannel client;
  private InputStream in;

  FakePort(Path directory, Script... scripts) throws IOException {
    socket = directory.resolve("agent");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket), 1);
    thread =
        new Thread(
            () -> {
              for (Script script : scripts) {
                try (SocketChannel accepted = server.accept()) {
                  client = accepted;
                  in = Channels.newInputStream(accepted);
                  script.play(this);
                } catch (Exception e) {
                  // The client's end shows what happened; the test looks there.
                }
              }
            },
            "fake-port");
    thread.start();
  }

  void say(String line) throws IOException {
    raw((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  void raw(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      client.write(buffer);
    }
  }

  /** The next command; bytes 0xFF make the agent forget what came before. */
  JsonNode hear() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the client has gone");
      }
      if (c == AgentWire.SENTINEL) {
        line.setLength(0);
      } else {
        line.append((char) c);
      }
    }
    JsonNode command = AgentMessage.MAPPER.readTree(line.toString());
    asked.add(command.path("execute").asText());
    return command;
  }

  /** Hears a sync and answers it. */
  void sync() throws IOException {
    JsonNode command = hear();
    raw(new byte[] {(byte) AgentWire.SENTINEL});
    say("{\"return\": " + command.at("/arguments/id") + "}");
  }

  /** Hears a command and answers it. */
  void answer(String value) throws IOException {
    hear();
    say("{\"return\": " + value + "}");
  }

  /** Hears a command and refuses it. */
  void refuse(String description) throws IOException {
    hear();
    say("{\"error\": {\"class\": \"GenericError\", \"desc\": \"" + description + "\"}}");
  }

  /** Keeps the connection until the client ends it. */
  void untilTheClientGoes() throws IOException {
    while (in.read() >= 0) {
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
