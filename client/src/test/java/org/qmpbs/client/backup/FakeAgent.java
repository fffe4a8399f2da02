package org.qmpbs.client.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * A guest with file systems and an agent, which does one command after the other as the real one
 * does, and can be told to do it wrong.
 */
final class FakeAgent implements AutoCloseable {
  static final String FREEZE = "guest-fsfreeze-freeze";
  static final String THAW = "guest-fsfreeze-thaw";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What it does wrong. */
  @FunctionalInterface
  interface Fault {
    /** Gives the answer; null for none, and the connection ends when it throws. */
    String answer(String rightAnswer) throws Exception;
  }

  final Path socket;
  final List<String> asked = new CopyOnWriteArrayList<>();
  final Map<String, Fault> faults = new ConcurrentHashMap<>();
  volatile Consumer<String> before = command -> {};
  volatile int fileSystems = 2;

  /** What is really frozen. */
  volatile int frozen;

  /** What it calls frozen; in Windows that is not the same. */
  volatile boolean saysFrozen;

  private final ServerSocketChannel server;
  private final Thread thread;

  FakeAgent(Path directory) throws IOException {
    socket = directory.resolve("agent");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    thread = new Thread(this::serve, "fake-agent");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve() {
    while (server.isOpen()) {
      try (SocketChannel client = server.accept()) {
        serve(client);
      } catch (Exception e) {
        // The client's end shows what happened; the test looks there.
      }
    }
  }

  private void serve(SocketChannel client) throws Exception {
    InputStream in = Channels.newInputStream(client);
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0; c = in.read()) {
      if (c == 0xFF) {
        line.setLength(0);
      } else if (c != '\n') {
        line.append((char) c);
      } else {
        String answer = answer(JSON.readTree(line.toString()));
        line.setLength(0);
        if (answer != null) {
          ByteBuffer bytes = ByteBuffer.wrap((answer + "\n").getBytes(StandardCharsets.ISO_8859_1));
          while (bytes.hasRemaining()) {
            client.write(bytes);
          }
        }
      }
    }
  }

  private String answer(JsonNode message) throws Exception {
    String command = message.path("execute").asText();
    asked.add(command);
    before.accept(command);
    String right = execute(command, message);
    Fault fault = faults.get(command);
    return fault == null ? right : fault.answer(right);
  }

  private String execute(String command, JsonNode message) {
    return switch (command) {
      case "guest-sync-delimited" -> "\u00ff" + returning(message.at("/arguments/id").asText());
      case "guest-info" -> returning(info());
      case "guest-fsfreeze-status" -> returning(saysFrozen ? "\"frozen\"" : "\"thawed\"");
      case FREEZE -> {
        frozen = fileSystems;
        saysFrozen = fileSystems > 0;
        yield returning(Integer.toString(fileSystems));
      }
      case THAW -> {
        int were = frozen;
        frozen = 0;
        saysFrozen = false;
        yield returning(Integer.toString(were));
      }
      default -> refusal("The command " + command + " has not been found");
    };
  }

  /** As the real one, it forbids freezing while something is frozen. */
  private String info() {
    StringBuilder commands = new StringBuilder();
    for (String name : List.of("guest-fsfreeze-status", FREEZE, THAW)) {
      commands.append(commands.isEmpty() ? "" : ",");
      commands.append("{\"name\": \"").append(name).append("\", \"enabled\": ");
      commands.append(!(saysFrozen && name.equals(FREEZE))).append('}');
    }
    return "{\"version\": \"7.2.22\", \"supported_commands\": [" + commands + "]}";
  }

  private static String returning(String value) {
    return "{\"return\": " + value + "}";
  }

  static String refusal(String description) {
    return "{\"error\": {\"class\": \"GenericError\", \"desc\": \"" + description + "\"}}";
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
