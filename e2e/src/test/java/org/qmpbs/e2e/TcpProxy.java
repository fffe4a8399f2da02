package org.qmpbs.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The line between client and server, which a test cuts, blocks or takes away. It forwards bytes
 * and knows nothing of them, so TLS goes through it untouched.
 *
 * <p>Each direction of a connection has a named thread. What a test asks for holds for the
 * connections of that moment and, if it says so, for later ones.
 */
final class TcpProxy implements AutoCloseable {
  private static final int BUFFER = 16 << 10;
  private static final long NEVER = Long.MAX_VALUE;

  private final InetSocketAddress target;
  private final int port;
  private final Set<Line> lines = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicLong forwarded = new AtomicLong();
  private final AtomicLong cutAt = new AtomicLong(NEVER);
  private volatile boolean stalled;
  private volatile boolean abort;
  private ServerSocket listener;

  /** Which way bytes go. */
  private enum Way {
    TO_SERVER,
    TO_CLIENT
  }

  private TcpProxy(InetSocketAddress target) throws IOException {
    this.target = target;
    this.listener = listen(0);
    this.port = listener.getLocalPort();
    start(listener);
  }

  /** A line to the port on this host. */
  static TcpProxy to(int serverPort) {
    try {
      return new TcpProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort));
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  private static ServerSocket listen(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return socket;
  }

  private void start(ServerSocket socket) {
    thread("proxy-accept", () -> acceptAll(socket));
  }

  private static void thread(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void acceptAll(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        new Line(socket.accept(), accepted.incrementAndGet());
      } catch (IOException closed) {
        // By the test; or a line that could not be made, which its client is told by a reset.
      }
    }
  }

  /** Where clients have to go instead of the server's port. */
  int port() {
    return port;
  }

  /** The variables of a client that takes this line to the server they name. */
  Map<String, String> through(Map<String, String> environment) {
    Map<String, String> changed = new HashMap<>(environment);
    changed.computeIfPresent(
        "PBS_REPOSITORY",
        (name, value) -> value.replace(":" + target.getPort() + ":", ":" + port + ":"));
    return changed;
  }

  /** Connections so far. */
  int accepted() {
    return accepted.get();
  }

  /** Bytes so far, both ways together. */
  long forwarded() {
    return forwarded.get();
  }

  /** Cuts all connections once so many more bytes have gone through, both ways together. */
  void cutAfter(long bytes) {
    cutAt.set(forwarded.get() + bytes);
  }

  /** From now on cuts are a reset instead of an orderly end. */
  void abortInsteadOfEnd() {
    abort = true;
  }

  /** Cuts all connections; new ones are let through. */
  void cut() {
    cutAt.set(NEVER);
    lines.forEach(Line::close);
  }

  /** Lets nothing through any more, either way, and keeps all connections open. */
  void stall() {
    stalled = true;
  }

  /** Nobody listens any more: the server is down. */
  void refuse() {
    try {
      listener.close();
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
    cut();
  }

  /** All is as at the beginning; what had stalled is cut. */
  void heal() {
    if (stalled) {
      stalled = false;
      cut();
    }
    cutAt.set(NEVER);
    if (listener.isClosed()) {
      try {
        listener = listen(port);
      } catch (IOException problem) {
        throw new UncheckedIOException(problem);
      }
      start(listener);
    }
  }

  @Override
  public void close() {
    refuse();
  }

  /** One connection. */
  private final class Line {
    private final Socket client;
    private final Socket server = new Socket();

    Line(Socket client, int number) throws IOException {
      this.client = client;
      try {
        server.connect(target);
        server.setTcpNoDelay(true);
        client.setTcpNoDelay(true);
      } catch (IOException problem) {
        close();
        throw problem;
      }
      lines.add(this);
      thread("proxy-" + number + "-up", () -> forward(Way.TO_SERVER));
      thread("proxy-" + number + "-down", () -> forward(Way.TO_CLIENT));
    }

    private void forward(Way way) {
      byte[] buffer = new byte[BUFFER];
      try {
        InputStream in = (way == Way.TO_SERVER ? client : server).getInputStream();
        OutputStream out = (way == Way.TO_SERVER ? server : client).getOutputStream();
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          while (stalled && !client.isClosed()) {
            Thread.sleep(10);
          }
          long before = forwarded.getAndAdd(read);
          long allowed = Math.min(read, cutAt.get() - before);
          if (allowed > 0) {
            out.write(buffer, 0, (int) allowed);
          }
          if (allowed < read) {
            cut();
          }
        }
      } catch (IOException end) {
        // Of one side; the other one is told by closing it.
      } catch (InterruptedException end) {
        Thread.currentThread().interrupt();
      }
      close();
    }

    void close() {
      lines.remove(this);
      for (Socket socket : new Socket[] {client, server}) {
        try {
          if (abort && !socket.isClosed()) {
            socket.setSoLinger(true, 0);
          }
          socket.close();
        } catch (IOException problem) {
          throw new UncheckedIOException(problem);
        }
      }
    }
  }
}
