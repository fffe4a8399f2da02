package org.qmpbs.pbs;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Closes a TCP socket when one blocking operation on it takes too long.
 *
 * <p>A write into a dead connection blocks until TCP gives up after a quarter of an hour, and it
 * does so inside OkHttp's lock, where neither a cancel nor an unanswered ping gets through; nor
 * does closing the TLS socket, which waits for the same writer. Closing the TCP socket beneath
 * does.
 */
final class StallGuard implements AutoCloseable {
  private static final long IDLE = 0;

  private final Socket tcp;
  private final long limitNanos;
  private final AtomicLong busySince = new AtomicLong(IDLE);
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile boolean expired;

  StallGuard(String name, Socket tcp, Duration limit) {
    this.tcp = tcp;
    this.limitNanos = limit.toNanos();
    Thread thread = new Thread(this::watch, "qmpbs-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /** An operation begins; operations do not overlap. */
  void begin() {
    long now = System.nanoTime();
    busySince.set(now == IDLE ? 1 : now);
  }

  /** The operation ended. */
  void end() {
    busySince.set(IDLE);
  }

  boolean isBusy() {
    return busySince.get() != IDLE;
  }

  /** Whether the limit was hit, and the socket closed for it. */
  boolean expired() {
    return expired;
  }

  private void watch() {
    // Eight looks per limit: an operation is cut at 1 to 1.125 times its limit.
    long interval = Math.max(limitNanos / 8, TimeUnit.MILLISECONDS.toNanos(1));
    try {
      while (!done.await(interval, TimeUnit.NANOSECONDS)) {
        long since = busySince.get();
        if (since != IDLE && System.nanoTime() - since > limitNanos) {
          expired = true;
          tcp.close();
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // The descriptor is gone either way, which is all that was wanted.
      expired = true;
    }
  }

  /** Ends the thread; idempotent. */
  @Override
  public void close() {
    done.countDown();
  }
}
