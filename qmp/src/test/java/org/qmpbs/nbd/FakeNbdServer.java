package org.qmpbs.nbd;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A server that serves one connection as a script says, so that it can misbehave in any state. Ends
 * the connection when the script ends. A script that fails is reported by {@link #close}.
 */
final class FakeNbdServer implements AutoCloseable {
  static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** What the server does with its connection. */
  interface Script {
    void serve(FakePeer peer) throws Exception;
  }

  private final Path socket;
  private final ServerSocketChannel listener;
  private final CompletableFuture<Void> script = new CompletableFuture<>();

  private FakeNbdServer(Path socket, ServerSocketChannel listener) {
    this.socket = socket;
    this.listener = listener;
  }

  static FakeNbdServer start(Script script) throws IOException {
    FakeNbdServer server = listen(5);
    Thread thread = new Thread(() -> server.serve(script), "fake-nbd");
    thread.setDaemon(true);
    thread.start();
    return server;
  }

  /** Listens but never accepts. */
  static FakeNbdServer deaf(int backlog) throws IOException {
    FakeNbdServer server = listen(backlog);
    server.script.complete(null);
    return server;
  }

  private static FakeNbdServer listen(int backlog) throws IOException {
    Path socket = Files.createTempDirectory("qmpbs-nbd-fake").resolve("s");
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(socket), backlog);
    return new FakeNbdServer(socket, listener);
  }

  Path socket() {
    return socket;
  }

  NbdClient connect(String... contexts) throws IOException {
    return connect(TIMEOUT, contexts);
  }

  NbdClient connect(Duration timeout, String... contexts) throws IOException {
    return NbdClient.connect(socket, "disk", List.of(contexts), timeout);
  }

  private void serve(Script what) {
    try (SocketChannel channel = listener.accept()) {
      what.serve(new FakePeer(channel));
      script.complete(null);
    } catch (Throwable e) {
      script.completeExceptionally(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      script.orTimeout(TIMEOUT.toSeconds(), TimeUnit.SECONDS).join();
    } finally {
      listener.close();
      Files.delete(socket);
      Files.delete(socket.getParent());
    }
  }
}
