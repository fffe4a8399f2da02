package org.qmpbs.nbd;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One connection in the transmission phase. Callers write their own request headers, one at a time;
 * one thread reads all replies and is the only one that completes futures, so a caller's buffer is
 * never touched after its future is complete. Whoever finds the connection broken (reader, writer,
 * {@link Watchdog}, {@link #close}) condemns it and closes the channel; that wakes the reader,
 * which fails whatever is in flight and ends.
 */
final class Connection {
  /** Keeps a disk busy without piling up buffers: with 4 MiB chunks this is 64 MiB. */
  static final int MAX_IN_FLIGHT = 16;

  /** How long {@link #close} waits for the server to hang up, and for the reader to end. */
  private static final Duration CLOSE_GRACE = Duration.ofSeconds(1);

  private final SocketChannel channel;
  private final Export export;
  private final String exportName;
  private final Duration timeout;
  private final RequestTable requests = new RequestTable(MAX_IN_FLIGHT);
  private final ReentrantLock writing = new ReentrantLock();
  private final AtomicLong sent = new AtomicLong();
  private final Thread reader;

  Connection(
      SocketChannel channel, WireInput in, Export export, String exportName, Duration timeout) {
    this.channel = channel;
    this.export = export;
    this.exportName = exportName;
    this.timeout = timeout;
    ReplyReader replies = new ReplyReader(in, requests);
    reader = new Thread(() -> readReplies(replies), "qmpbs-nbd-" + exportName);
    reader.setDaemon(true);
  }

  void start() {
    reader.start();
  }

  Export export() {
    return export;
  }

  /** Requests sent so far. */
  long sent() {
    return sent.get();
  }

  /**
   * Sends a request; blocks while {@link #MAX_IN_FLIGHT} are unanswered.
   *
   * @throws NbdException the connection's fate, when it has one already
   */
  void submit(Request<?> request) throws IOException {
    refuseReaderThread();
    try {
      requests.awaitSlot();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw abandon(e);
    }
    Deadline deadline = Watchdog.after(timeout, () -> late(request));
    request.deadline(deadline);
    long cookie;
    try {
      cookie = requests.add(request);
    } catch (NbdException e) {
      deadline.met();
      throw e;
    }
    sent.incrementAndGet();
    try {
      write(request.command(), cookie, request.offset, request.length);
    } catch (IOException e) {
      lost("cannot write to the server", e);
    }
  }

  /** Gives the connection up because a caller that waits for it was interrupted. */
  NbdException abandon(InterruptedException e) {
    return lost("interrupted while waiting for a reply", e);
  }

  /** A wait in the thread that reads the replies would wait for itself. */
  void refuseReaderThread() {
    if (Thread.currentThread() == reader) {
      throw new IllegalStateException(
          "an NBD request from a future's callback: use an executor (thenApplyAsync and the like)");
    }
  }

  void close() {
    boolean idle = requests.isEmpty();
    boolean first =
        requests.condemn(new NbdClosedException(about("the connection was closed"), null));
    if (first && disconnect() && idle) {
      // A server that has seen the end frees the export at once: block-export-del finds no client.
      awaitReader();
    }
    closeQuietly(channel);
    awaitReader();
  }

  static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing can be read or written any more, which is all that was wanted.
      System.getLogger(Connection.class.getName())
          .log(System.Logger.Level.DEBUG, "closing an NBD socket", e);
    }
  }

  private void readReplies(ReplyReader replies) {
    try {
      while (true) {
        replies.next();
      }
    } catch (NbdException e) {
      condemn(e);
    } catch (EOFException e) {
      lost("the server closed the connection", e);
    } catch (AsynchronousCloseException e) {
      // We close only after condemning; a channel closed before that was closed by Java, because a
      // thread was interrupted while it wrote.
      lost("interrupted while writing a request", e);
    } catch (IOException e) {
      lost("cannot read from the server", e);
    } catch (RuntimeException | Error e) {
      lost("the thread that reads replies failed", e);
      throw e;
    } finally {
      requests.failAll();
    }
  }

  private void write(int command, long cookie, long offset, long length) throws IOException {
    ByteBuffer header =
        ByteBuffer.allocate(28)
            .putInt(Proto.REQUEST_MAGIC)
            .putShort((short) 0)
            .putShort((short) command)
            .putLong(cookie)
            .putLong(offset)
            .putInt((int) length)
            .flip();
    writing.lock();
    try {
      while (header.hasRemaining()) {
        channel.write(header);
      }
    } finally {
      writing.unlock();
    }
  }

  /** Says goodbye, unless that would have to wait; returns whether it was said. */
  private boolean disconnect() {
    if (!writing.tryLock()) {
      return false;
    }
    Deadline deadline = Watchdog.after(CLOSE_GRACE, () -> closeQuietly(channel));
    try {
      write(Proto.CMD_DISC, 0, 0, 0);
      channel.shutdownOutput();
      return true;
    } catch (IOException e) {
      lost("cannot write to the server", e);
      return false;
    } finally {
      deadline.met();
      writing.unlock();
    }
  }

  private void awaitReader() {
    if (Thread.currentThread() == reader) {
      return;
    }
    try {
      TimeUnit.MILLISECONDS.timedJoin(reader, CLOSE_GRACE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void late(Request<?> request) {
    condemn(
        new NbdTimeoutException(about("no reply within " + timeout + " to a " + request), null));
  }

  private NbdException lost(String what, Throwable cause) {
    String why = cause instanceof ClosedByInterruptException ? "interrupted" : cause.getMessage();
    NbdException lost =
        new NbdConnectionLostException(about(what) + (why == null ? "" : " (" + why + ")"), cause);
    condemn(lost);
    return lost;
  }

  private void condemn(NbdException cause) {
    requests.condemn(cause);
    closeQuietly(channel);
  }

  private String about(String what) {
    return "NBD export '" + exportName + "': " + what;
  }
}
