package org.qmpbs.nbd;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The requests in flight by cookie, and the connection's fate once it has one. The fate and the map
 * change under one lock: a request is either refused or is there to be failed, never forgotten.
 * Futures are completed outside the lock.
 */
final class RequestTable {
  private final Semaphore slots;
  private final Map<Long, Request<?>> byCookie = new HashMap<>();
  private long lastCookie;
  private @Nullable NbdException fate;

  RequestTable(int maxInFlight) {
    this.slots = new Semaphore(maxInFlight);
  }

  /** Waits for a slot: not for ever, since every request that holds one has a deadline. */
  void awaitSlot() throws InterruptedException {
    slots.acquire();
  }

  /**
   * Takes the request into the slot that the caller waited for, or gives the slot back.
   *
   * @return the cookie
   * @throws NbdException the connection's fate
   */
  long add(Request<?> request) throws NbdException {
    synchronized (this) {
      if (fate == null) {
        lastCookie++;
        byCookie.put(lastCookie, request);
        return lastCookie;
      }
    }
    slots.release();
    throw requireFate().again();
  }

  synchronized @Nullable Request<?> find(long cookie) {
    return byCookie.get(cookie);
  }

  /** The reply is complete. */
  void finish(long cookie, Request<?> request) {
    synchronized (this) {
      byCookie.remove(cookie);
    }
    free(request);
    request.complete();
  }

  /**
   * From now on every request is refused. The first fate counts.
   *
   * @return whether this was the first
   */
  synchronized boolean condemn(NbdException cause) {
    if (fate != null) {
      return false;
    }
    fate = cause;
    return true;
  }

  synchronized boolean isEmpty() {
    return byCookie.isEmpty();
  }

  /** Fails what is in flight with the connection's fate. */
  void failAll() {
    NbdException cause = requireFate();
    List<Request<?>> orphans;
    synchronized (this) {
      orphans = List.copyOf(byCookie.values());
      byCookie.clear();
    }
    for (Request<?> request : orphans) {
      free(request);
      request.fail(cause.again());
    }
  }

  private void free(Request<?> request) {
    request.endDeadline();
    slots.release();
  }

  private synchronized NbdException requireFate() {
    if (fate == null) {
      throw new IllegalStateException("the connection is alive");
    }
    return fate;
  }
}
