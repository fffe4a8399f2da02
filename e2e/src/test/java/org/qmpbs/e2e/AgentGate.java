package org.qmpbs.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Stands between the product and a guest's agent, one connection after the other, and can keep back
 * the request to thaw: so a test can kill somebody while the guest is frozen.
 */
final class AgentGate implements AutoCloseable {
  private final Path agent;
  private final Path socket;
  private final ServerSocketChannel server;
  private volatile boolean closed;
  private volatile boolean holdsThaw;
  private volatile boolean thawIsHeld;

  AgentGate(Path folder, Path agent) {
    this.agent = agent;
    this.socket = folder.resolve("gate");
    try {
      server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket));
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
    start(this::serve, "agent-gate");
  }

  private static void start(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** What the product connects to. */
  String socket() {
    return socket.toString();
  }

  /** From now on requests to thaw do not get through. */
  void holdThaw() {
    thawIsHeld = false;
    holdsThaw = true;
  }

  /** Whether one is held: the guest is frozen. */
  boolean thawIsHeld() {
    return thawIsHeld;
  }

  /** Lets the held one through, if who sent it still lives, and all later ones. */
  void letThaw() {
    holdsThaw = false;
  }

  private void serve() {
    while (!closed) {
      try (SocketChannel client = server.accept();
          SocketChannel port = SocketChannel.open(UnixDomainSocketAddress.of(agent))) {
        start(() -> pump(port, client, false), "agent-gate-replies");
        pump(client, port, true);
      } catch (IOException problem) {
        // The end of one of the three; the next connection is a new one.
      }
    }
  }

  private void pump(SocketChannel from, SocketChannel to, boolean requests) {
    ByteBuffer bytes = ByteBuffer.allocate(64 << 10);
    try {
      while (from.read(bytes) >= 0) {
        bytes.flip();
        String text = StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
        if (requests && text.contains("guest-fsfreeze-thaw")) {
          boolean held = false;
          while (holdsThaw && !closed && !isGone(from)) {
            held = true;
            thawIsHeld = true;
            Thread.sleep(5);
          }
          if (held && isGone(from)) {
            return;
          }
        }
        while (bytes.hasRemaining()) {
          to.write(bytes);
        }
        bytes.clear();
      }
      to.close();
    } catch (IOException problem) {
      // The other side hears of it by the end of its connection.
    } catch (InterruptedException problem) {
      Thread.currentThread().interrupt();
    }
  }

  /** The product sends nothing while it waits, so anything readable is its end. */
  private static boolean isGone(SocketChannel client) throws IOException {
    client.configureBlocking(false);
    try {
      return client.read(ByteBuffer.allocate(1)) < 0;
    } finally {
      client.configureBlocking(true);
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      server.close();
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }
}
