package org.qmpbs.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The agent in a guest, behind QEMU's socket of its virtio-serial port.
 *
 * <p>There is no greeting, no id in replies, and the guest may be dead, so every conversation, also
 * one after a time-out, begins with {@code guest-sync-delimited}: the byte 0xFF makes the agent
 * forget half a command of somebody before us, and the id in the reply tells that all replies to
 * others have passed. An agent does one command after the other; so when it answers the sync,
 * whatever was asked before has been done.
 *
 * <p>Not thread-safe, but {@link #close} ends a call that waits in another thread.
 */
public final class GuestAgent implements AutoCloseable {
  /** An idle agent answers in milliseconds, one in a guest under load within a second or two. */
  public static final Duration SYNC = Duration.ofSeconds(5);

  static final String STATUS = "guest-fsfreeze-status";
  static final String FREEZE = "guest-fsfreeze-freeze";
  static final String THAW = "guest-fsfreeze-thaw";

  /** Questions that an agent answers from its memory. */
  private static final Duration QUESTION = Duration.ofSeconds(5);

  private final AgentChannel channel;
  private final AgentWire wire;
  private final RandomGenerator ids;
  private boolean inStep;

  private GuestAgent(AgentChannel channel, RandomGenerator ids) {
    this.channel = channel;
    this.wire = new AgentWire(channel::next);
    this.ids = ids;
  }

  /**
   * Connects and waits until the agent answers.
   *
   * @param socket unix socket of the chardev behind the port org.qemu.guest_agent.0
   * @param atMost for the answer
   * @throws AgentUnreachableException if there is no socket or nobody listens
   * @throws AgentBusyException if others already wait for it
   * @throws AgentSilentException if no answer comes
   */
  public static GuestAgent connect(Path socket, Duration atMost) throws IOException {
    return connect(socket, atMost, new SecureRandom());
  }

  static GuestAgent connect(Path socket, Duration atMost, RandomGenerator ids) throws IOException {
    GuestAgent agent = new GuestAgent(AgentChannel.connect(socket), ids);
    boolean answered = false;
    try {
      agent.channel.begin("guest-sync-delimited", atMost);
      agent.sync();
      answered = true;
      return agent;
    } catch (AgentTimeoutException e) {
      throw new AgentSilentException(
          "nobody answers on the guest agent's socket "
              + socket
              + " within "
              + atMost.toMillis()
              + " ms: no agent runs in the guest (package qemu-guest-agent), the machine is paused,"
              + " or another program is connected (QEMU serves one at a time)",
          e);
    } finally {
      if (!answered) {
        agent.close();
      }
    }
  }

  private void sync() throws IOException {
    // Positive and exact in every JSON reader on the way.
    long id = ids.nextLong(1, 1L << 50);
    ObjectNode arguments = AgentMessage.MAPPER.createObjectNode().put("id", id);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(AgentWire.SENTINEL);
    bytes.writeBytes(line("guest-sync-delimited", arguments));
    channel.write(bytes.toByteArray());
    wire.awaitSync(id);
    inStep = true;
  }

  /** Version and abilities. */
  public AgentInfo info() throws IOException {
    JsonNode info = execute("guest-info", QUESTION);
    Set<String> enabled = new HashSet<>();
    for (JsonNode command : info.path("supported_commands")) {
      if (command.path("enabled").asBoolean()) {
        enabled.add(command.path("name").asText());
      }
    }
    return new AgentInfo(info.path("version").asText("?"), enabled);
  }

  /**
   * Whether the agent takes the file systems for frozen, by whomever it was asked to. One of
   * Windows goes on saying so after the system has thawed them; {@link #thaw} tells the truth then.
   */
  public boolean isFrozen() throws IOException {
    String status = execute(STATUS, QUESTION).asText();
    return switch (status) {
      case "frozen" -> true;
      case "thawed" -> false;
      default ->
          throw new AgentProtocolException(
              wire.offset(), "'frozen' or 'thawed' before it", "another status");
    };
  }

  /**
   * Runs the guest's hooks, flushes all local file systems and holds back every write to them.
   * After a failure, a time-out above all, they may be frozen or become so later: {@link #thaw}.
   *
   * @return how many are frozen
   */
  public int freeze(Duration atMost) throws IOException {
    return count(execute(FREEZE, atMost), FREEZE);
  }

  /**
   * Thaws all file systems and runs the guest's hooks. Does no harm where nothing is frozen.
   *
   * @return how many were frozen until now
   * @throws AgentRefusedException also if the guest had thawed them by itself long ago (Windows)
   */
  public int thaw(Duration atMost) throws IOException {
    return count(execute(THAW, atMost), THAW);
  }

  private int count(JsonNode value, String command) throws AgentProtocolException {
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
      throw new AgentProtocolException(
          wire.offset(), "a count of file systems before it", "another answer to " + command);
    }
    return value.intValue();
  }

  private JsonNode execute(String command, Duration atMost) throws IOException {
    channel.begin(command, atMost);
    if (!inStep) {
      sync();
    }
    inStep = false;
    channel.write(line(command, AgentMessage.MAPPER.createObjectNode()));
    AgentMessage reply = wire.next();
    inStep = true;
    if (reply instanceof AgentMessage.Failure failure) {
      throw new AgentRefusedException(command, failure.errorClass(), failure.description());
    }
    return ((AgentMessage.Success) reply).value();
  }

  private static byte[] line(String command, ObjectNode arguments) throws IOException {
    ObjectNode message = AgentMessage.MAPPER.createObjectNode().put("execute", command);
    if (!arguments.isEmpty()) {
      message.set("arguments", arguments);
    }
    return (AgentMessage.MAPPER.writeValueAsString(message) + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Ends the connection; what is frozen stays so. Idempotent. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
