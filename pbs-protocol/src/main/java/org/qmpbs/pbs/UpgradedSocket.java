package org.qmpbs.pbs;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The upgraded TLS connection in the shape OkHttp wants: a plain socket that is connected by doing
 * nothing.
 *
 * <p>Remembers the first I/O failure. OkHttp turns the end of a connection into "stream was reset:
 * CANCEL" without a cause; what really happened is only known here.
 *
 * <p>Its methods are not synchronized as those of Socket: closing must never wait for anybody.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized")
final class UpgradedSocket extends Socket {
  /**
   * okio writes 8 KiB at a time, which would be as many TLS records; collecting saves up to 30 % of
   * CPU. It has to stay below the 65,535 bytes of HTTP/2's first window, because OkHttp does not
   * flush before it waits for window.
   */
  private static final int WRITE_BUFFER = 32 << 10;

  private final Socket tcp;
  private final SSLSocket tls;
  private final StallGuard guard;
  private final InputStream in;
  private final OutputStream out;
  private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  UpgradedSocket(Socket tcp, SSLSocket tls, Duration writeStall) throws IOException {
    this.tcp = tcp;
    this.tls = tls;
    this.in = new Input(tls.getInputStream());
    this.out = new BufferedOutputStream(new Output(tls.getOutputStream()), WRITE_BUFFER);
    this.guard = new StallGuard("session-guard", tcp, writeStall);
  }

  /** What ended the connection, or null while it lives or if we closed it ourselves. */
  @Nullable IOException failure() {
    return failure.get();
  }

  private IOException failed(IOException cause) {
    IOException reason =
        guard.expired() ? new IOException("nothing could be written for too long", cause) : cause;
    if (!closed.get()) {
      failure.compareAndSet(null, reason);
    }
    return cause;
  }

  @Override
  public void connect(SocketAddress endpoint, int timeout) {
    // Connected, encrypted and upgraded before OkHttp sees it.
  }

  @Override
  public InputStream getInputStream() {
    return in;
  }

  @Override
  public OutputStream getOutputStream() {
    return out;
  }

  @Override
  public boolean isConnected() {
    return true;
  }

  @Override
  public boolean isClosed() {
    return closed.get();
  }

  @Override
  public void setSoTimeout(int timeout) throws SocketException {
    if (!isClosed()) {
      tls.setSoTimeout(timeout);
    }
  }

  @Override
  public int getSoTimeout() throws SocketException {
    return tls.getSoTimeout();
  }

  @Override
  public InetAddress getInetAddress() {
    return tcp.getInetAddress();
  }

  @Override
  public int getPort() {
    return tcp.getPort();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return tcp.getRemoteSocketAddress();
  }

  /** Half a connection is of no use to a session. */
  @Override
  public void shutdownInput() {}

  @Override
  public void shutdownOutput() throws IOException {
    out.flush();
  }

  /** OkHttp gives the connection up, for a reason that only its exceptions tell. */
  @Override
  public void close() throws IOException {
    drop(false);
  }

  /** Says good-bye if nobody is in the middle of a write, else just drops the line; idempotent. */
  void closeSession() throws IOException {
    drop(failure.get() == null && !guard.isBusy());
  }

  private void drop(boolean politely) throws IOException {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      if (politely) {
        guard.begin();
        tls.close();
      }
    } finally {
      guard.close();
      tcp.close();
    }
  }

  private final class Input extends InputStream {
    private final InputStream source;

    Input(InputStream source) {
      this.source = source;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        int read = source.read(target, offset, length);
        if (read < 0) {
          failed(new EOFException("the server closed the connection"));
        }
        return read;
      } catch (IOException e) {
        throw failed(e);
      }
    }
  }

  private final class Output extends OutputStream {
    private final OutputStream target;

    Output(OutputStream target) {
      this.target = target;
    }

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      guard.begin();
      try {
        target.write(source, offset, length);
      } catch (IOException e) {
        throw failed(e);
      } finally {
        guard.end();
      }
    }

    @Override
    public void flush() throws IOException {
      target.flush();
    }
  }
}
