package org.qmpbs.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The tests' own QMP connection: deliberately not the product's, so that one does not hide the
 * other's mistakes. QEMU's second {@code -qmp} socket serves it, the first belongs to the product.
 */
final class Monitor implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LIMIT_SECONDS = 60;

  private final SocketChannel channel;
  private final BlockingQueue<Optional<JsonNode>> replies = new LinkedBlockingQueue<>();
  private final BlockingQueue<JsonNode> events = new LinkedBlockingQueue<>();

  Monitor(Path socket) throws IOException {
    channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    Thread reader = new Thread(this::readAll, "monitor-" + socket.getFileName());
    reader.setDaemon(true);
    reader.start();
    execute("qmp_capabilities");
  }

  /** Runs a command that has to succeed. */
  JsonNode execute(String command) {
    return execute(command, Map.of());
  }

  /** Runs a command that has to succeed. */
  JsonNode execute(String command, Map<String, ?> arguments) {
    JsonNode reply = request(command, arguments);
    if (reply.has("error")) {
      throw new IllegalStateException(
          command + " " + arguments + ": " + reply.at("/error/desc").asText());
    }
    return reply.get("return");
  }

  /** Runs a command and gives QEMU's whole reply, good or bad. */
  JsonNode request(String command, Map<String, ?> arguments) {
    ObjectNode request = JSON.createObjectNode().put("execute", command);
    if (!arguments.isEmpty()) {
      request.set("arguments", JSON.valueToTree(arguments));
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException problem) {
      throw new UncheckedIOException("QEMU is gone before " + command, problem);
    }
    return takeReply(command)
        .orElseThrow(() -> new IllegalStateException("QEMU went away during " + command));
  }

  /** The events so far, oldest first; each is returned once. */
  List<JsonNode> drainEvents() {
    List<JsonNode> drained = new ArrayList<>();
    events.drainTo(drained);
    return drained;
  }

  private void readAll() {
    try (BufferedReader lines =
        new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode message = JSON.readTree(line);
        if (message.has("event")) {
          events.add(message);
        } else if (!message.has("QMP")) {
          replies.add(Optional.of(message));
        }
      }
    } catch (ClosedChannelException closedByUs) {
      // The end of the test.
    } catch (IOException problem) {
      // QEMU was killed; whoever waits for a reply is told below.
    }
    replies.add(Optional.empty());
  }

  /** The next reply, or empty when QEMU has gone. */
  private Optional<JsonNode> takeReply(String command) {
    try {
      Optional<JsonNode> reply = replies.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
      if (reply == null) {
        throw new IllegalStateException("no reply to " + command + " in " + LIMIT_SECONDS + " s");
      }
      return reply;
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupt);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }
}
