package org.qmpbs.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a QMP monitor on a unix socket.
 *
 * <p>One thread connects and then reads: it gives each reply to the caller that waits for its id,
 * in whatever order they come, and puts events into a bounded queue. When the stream ends or is not
 * QMP, that thread fails every waiting and every later call with the one cause. A monitor serves
 * one client at a time: a second one may connect but hears nothing (or can not even connect), hence
 * the deadline for the greeting.
 *
 * <p>Safe for use by several threads.
 */
public final class QmpClient implements Monitor {
  /** A free monitor greets within milliseconds; QEMU's main loop may be busy for a moment. */
  public static final Duration GREETING_DEADLINE = Duration.ofSeconds(5);

  /**
   * Longest command. It and a few more fit into the socket's buffer (208 KiB), so that writing does
   * not wait for QEMU and the timeout of a call is the wait for its reply.
   */
  private static final int MAX_COMMAND = 128 << 10;

  private final Path socket;
  private final SocketChannel channel;
  private final Duration timeout;
  private final Map<String, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
  private final EventQueue events = new EventQueue();
  private final AtomicLong lastId = new AtomicLong();
  private final AtomicReference<@Nullable IOException> end = new AtomicReference<>();
  private final CompletableFuture<QemuVersion> greeting = new CompletableFuture<>();
  private final Object writeLock = new Object();

  private QmpClient(Path socket, SocketChannel channel, Duration timeout) {
    this.socket = socket;
    this.channel = channel;
    this.timeout = timeout;
  }

  /**
   * Connects, waits for the greeting and negotiates.
   *
   * @param socket unix socket of {@code -qmp unix:PATH,server=on,wait=off}
   * @param greetingDeadline from the attempt to connect to the greeting
   * @param operationTimeout for each command's reply
   * @throws MonitorUnreachableException if nobody listens there
   * @throws QmpBusyException if no greeting came in time
   * @throws NotAMonitorException if what came is not QMP's greeting
   */
  public static QmpClient connect(Path socket, Duration greetingDeadline, Duration operationTimeout)
      throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    QmpClient client = new QmpClient(socket, channel, operationTimeout);
    boolean connected = false;
    try {
      Thread reader = new Thread(client::run, "qmp-reader");
      reader.setDaemon(true);
      reader.start();
      client.awaitGreeting(greetingDeadline);
      client.execute("qmp_capabilities");
      connected = true;
      return client;
    } finally {
      if (!connected) {
        client.close();
      }
    }
  }

  private void awaitGreeting(Duration deadline) throws IOException {
    try {
      greeting.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new QmpBusyException(
          socket
              + " gives no QMP greeting within "
              + deadline.toMillis()
              + " ms: another program is using this monitor (it serves one at a time), or QEMU"
              + " hangs, or it is not a QMP monitor. End the other program, or start QEMU with a"
              + " second monitor for backups: -qmp unix:PATH,server=on,wait=off");
    } catch (ExecutionException e) {
      throw asIoException(e);
    } catch (InterruptedException e) {
      throw interrupted("connecting to " + socket);
    }
  }

  @Override
  public QemuVersion version() {
    return greeting.join();
  }

  @Override
  public JsonNode execute(String command, ObjectNode arguments) throws IOException {
    String id = Long.toString(lastId.incrementAndGet());
    ObjectNode message = QmpMessage.MAPPER.createObjectNode().put("execute", command);
    if (!arguments.isEmpty()) {
      message.set("arguments", arguments);
    }
    message.put("id", id);
    byte[] line =
        (QmpMessage.MAPPER.writeValueAsString(message) + "\n").getBytes(StandardCharsets.UTF_8);
    if (line.length > MAX_COMMAND) {
      throw new IllegalArgumentException(command + " takes " + line.length + " bytes");
    }
    CompletableFuture<JsonNode> reply = new CompletableFuture<>();
    waiting.put(id, reply);
    try {
      // Registered first and looked at afterwards: the reader does it the other way round.
      IOException cause = end.get();
      if (cause != null) {
        throw closed(command, cause);
      }
      write(command, line);
      return reply.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new QmpTimeoutException(
          "QEMU did not answer " + command + " within " + timeout.toSeconds() + " s");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof QmpMessage.FailureSignal failure) {
        throw new QmpCommandException(
            command, failure.failure().errorClass(), failure.failure().description());
      }
      throw closed(command, asIoException(e));
    } catch (InterruptedException e) {
      throw interrupted(command);
    } finally {
      waiting.remove(id);
    }
  }

  private void write(String command, byte[] line) throws IOException {
    synchronized (writeLock) {
      ByteBuffer bytes = ByteBuffer.wrap(line);
      try {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      } catch (IOException e) {
        // Half a command must not be followed by another one.
        fail(e);
        throw closed(command, e);
      }
    }
  }

  @Override
  public Optional<QmpEvent> awaitEvent(Predicate<QmpEvent> wanted, Duration atMost)
      throws IOException {
    try {
      return events.await(wanted, atMost);
    } catch (InterruptedException e) {
      throw interrupted("waiting for an event");
    }
  }

  @Override
  public void close() throws IOException {
    fail(new MonitorClosedException("the connection was closed", null));
  }

  private void run() {
    try {
      try {
        channel.connect(UnixDomainSocketAddress.of(socket));
      } catch (IOException e) {
        throw new MonitorUnreachableException(
            "cannot connect to the monitor "
                + socket
                + ": "
                + e.getMessage()
                + ". Is the machine running, with -qmp unix:PATH,server=on,wait=off, and may this"
                + " user open the socket?",
            e);
      }
      LineReader lines = new LineReader(Channels.newInputStream(channel), LineReader.MAX_LINE);
      byte[] first = lines.next();
      while (first != null && isEvent(first)) {
        first = lines.next();
      }
      greet(first);
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        dispatch(QmpMessage.parse(line));
      }
      fail(new MonitorClosedException("QEMU ended or closed the monitor", null));
    } catch (IOException | RuntimeException e) {
      fail(e instanceof IOException io ? io : new IOException(e));
    }
  }

  /**
   * A QEMU that is just being started may tell of something, of its start for instance, in the
   * moment between taking the connection and greeting.
   */
  private static boolean isEvent(byte[] line) {
    try {
      return QmpMessage.parse(line) instanceof QmpMessage.Event;
    } catch (QmpProtocolException e) {
      // Whatever it is, it is no greeting, which is said there.
      return false;
    }
  }

  private void greet(byte @Nullable [] line) throws IOException {
    if (line == null) {
      throw new MonitorClosedException(socket + " closed the connection without a greeting", null);
    }
    QmpMessage first;
    try {
      first = QmpMessage.parse(line);
    } catch (QmpProtocolException e) {
      first = new QmpMessage.Success(null, QmpMessage.MAPPER.nullNode());
    }
    if (!(first instanceof QmpMessage.Greeting hello)) {
      throw new NotAMonitorException(
          socket
              + " is not a QMP monitor: its first line is not QMP's greeting (the human monitor and"
              + " the guest agent speak otherwise) but: "
              + shown(line)
              + ". Use the socket of -qmp, not that of -monitor");
    }
    greeting.complete(hello.version());
  }

  private static String shown(byte[] line) {
    String text = new String(line, 0, Math.min(line.length, 80), StandardCharsets.US_ASCII);
    return text.replaceAll("[^ -~]", "?");
  }

  private void dispatch(QmpMessage message) throws IOException {
    if (message instanceof QmpMessage.Success success) {
      take(success.id()).complete(success.value());
    } else if (message instanceof QmpMessage.Failure failure) {
      if (failure.id() == null) {
        throw new QmpProtocolException("QEMU could not read a command: " + failure.description());
      }
      take(failure.id()).completeExceptionally(new QmpMessage.FailureSignal(failure));
    } else if (message instanceof QmpMessage.Event event) {
      events.add(event.event());
    }
  }

  /** The waiting call, or one that nobody waits for: replies may come after their timeout. */
  private CompletableFuture<JsonNode> take(@Nullable String id) {
    CompletableFuture<JsonNode> reply = id == null ? null : waiting.remove(id);
    return reply == null ? new CompletableFuture<>() : reply;
  }

  private void fail(IOException cause) {
    end.compareAndSet(null, cause);
    greeting.completeExceptionally(cause);
    events.end(cause);
    waiting.values().forEach(reply -> reply.completeExceptionally(cause));
    try {
      channel.close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** A new one for each call, for they are thrown in several threads. */
  private static MonitorClosedException closed(String command, IOException cause) {
    return new MonitorClosedException(cause.getMessage() + "; it was to execute " + command, cause);
  }

  private static IOException asIoException(ExecutionException e) {
    return e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
  }

  private static InterruptedIOException interrupted(String what) {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted while " + what);
  }
}
