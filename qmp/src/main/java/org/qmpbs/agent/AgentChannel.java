package org.qmpbs.agent;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection on which nothing waits for longer than the running operation may take. It needs no
 * thread: at such moments nobody may depend on one that can not be started.
 */
final class AgentChannel implements Closeable {
  private final SocketChannel channel;
  private final Selector selector;
  private final ByteBuffer received = ByteBuffer.allocate(8192).limit(0);
  private long deadline;
  private String operation = "";

  private AgentChannel(SocketChannel channel, Selector selector) {
    this.channel = channel;
    this.selector = selector;
  }

  static AgentChannel connect(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    Selector selector = null;
    boolean connected = false;
    try {
      channel.configureBlocking(false);
      connect(channel, socket);
      selector = Selector.open();
      channel.register(selector, 0);
      connected = true;
      return new AgentChannel(channel, selector);
    } finally {
      if (!connected) {
        channel.close();
        if (selector != null) {
          selector.close();
        }
      }
    }
  }

  private static void connect(SocketChannel channel, Path socket) throws IOException {
    try {
      if (!channel.connect(UnixDomainSocketAddress.of(socket))) {
        // connect(2) of a unix socket is never under way: EAGAIN means that the queue is full.
        throw busy(socket, null);
      }
    } catch (AgentException e) {
      throw e;
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage());
      if (why.contains("temporarily unavailable")) {
        throw busy(socket, e);
      }
      throw new AgentUnreachableException(socket, nobodyThere(socket, e), e);
    }
  }

  private static boolean nobodyThere(Path socket, IOException failure) {
    return !(failure instanceof AccessDeniedException)
        && (Files.notExists(socket)
            || String.valueOf(failure.getMessage()).contains("Connection refused"));
  }

  private static AgentBusyException busy(Path socket, @Nullable Throwable cause) {
    return new AgentBusyException(
        "the guest agent's socket " + socket + " is in use, and others already wait for it", cause);
  }

  /** From now on everything together may take so long. */
  void begin(String what, Duration atMost) {
    operation = what;
    deadline = System.nanoTime() + atMost.toNanos();
  }

  void write(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    try {
      channel.write(buffer);
      while (buffer.hasRemaining()) {
        await(SelectionKey.OP_WRITE);
        channel.write(buffer);
      }
    } catch (AgentException e) {
      throw e;
    } catch (IOException | NotYetConnectedException e) {
      throw closed(e);
    }
  }

  int next() throws IOException {
    while (!received.hasRemaining()) {
      await(SelectionKey.OP_READ);
      received.clear();
      int count;
      try {
        count = channel.read(received);
      } catch (IOException e) {
        throw closed(e);
      } finally {
        received.flip();
      }
      if (count < 0) {
        throw closed(null);
      }
    }
    return received.get() & 0xFF;
  }

  private void await(int interest) throws IOException {
    try {
      SelectionKey key = channel.keyFor(selector);
      if (key == null) {
        throw closed(null);
      }
      key.interestOps(interest);
      while (true) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          throw new AgentTimeoutException(
              "the guest agent did not answer " + operation + " in time");
        }
        // Rounded up, for 0 would wait for ever.
        if (selector.select(left / 1_000_000 + 1) > 0) {
          selector.selectedKeys().clear();
          return;
        }
        if (Thread.currentThread().isInterrupted()) {
          throw new java.io.InterruptedIOException("interrupted while waiting for the guest agent");
        }
      }
    } catch (ClosedSelectorException | java.nio.channels.CancelledKeyException e) {
      throw closed(e);
    }
  }

  private AgentClosedException closed(@Nullable Exception cause) {
    String why =
        cause instanceof ClosedChannelException || cause instanceof ClosedSelectorException
            ? "the connection to the guest agent was closed"
            : "QEMU ended or closed the connection to the guest agent";
    return new AgentClosedException(why + "; it was to execute " + operation, cause);
  }

  @Override
  public void close() throws IOException {
    channel.close();
    selector.close();
  }
}
