package org.qmpbs.pbs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.SocketFactory;

/**
 * Gives the session's connection to OkHttp once. OkHttp reconnects without being asked; a session
 * that was silently reopened would be an empty one, so the second request fails.
 */
final class OneShotSocketFactory extends SocketFactory {
  private final Socket socket;
  private final AtomicBoolean used = new AtomicBoolean();

  OneShotSocketFactory(Socket socket) {
    this.socket = socket;
  }

  @Override
  public Socket createSocket() throws IOException {
    if (!used.compareAndSet(false, true)) {
      throw new IOException(
          "the connection takes no more calls: the server said good-bye or reset one");
    }
    return socket;
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw unconnectedOnly();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    throw unconnectedOnly();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw unconnectedOnly();
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress local, int localPort) {
    throw unconnectedOnly();
  }

  private static UnsupportedOperationException unconnectedOnly() {
    return new UnsupportedOperationException("OkHttp asks for unconnected sockets only");
  }
}
