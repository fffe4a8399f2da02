package org.qmpbs.pbs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A user with a password: logs in when the first request is made, and again when the ticket gets
 * old. A session needs its ticket only to be opened, so nothing has to happen in between.
 *
 * <p>The thread that finds a login to be due makes it, outside the lock. Others go on with the old
 * ticket while it lives, else they wait for that login and share its outcome, also a bad one: as
 * many wrong passwords as threads would lock the user out.
 */
final class TicketAuthorization implements Authorization {
  /** What the server allows (source: TICKET_LIFETIME, two hours). */
  static final Duration LIFETIME = Duration.ofHours(2);

  /**
   * Half of that: a ticket that was just good enough here must still be good when the request
   * arrives, behind a clock that may be wrong and calls that take minutes.
   */
  static final Duration RENEWAL = LIFETIME.dividedBy(2);

  private final TicketLogin login;
  private final Secret password;
  private final Mask mask;

  /** Guards the two below; never held during I/O. */
  private final Object lock = new Object();

  private @Nullable Ticket current;
  private @Nullable CompletableFuture<Ticket> running;

  /** Takes the password over; {@code mask} knows it already. */
  TicketAuthorization(TicketLogin login, Secret password, Mask mask) {
    this.login = login;
    this.password = password;
    this.mask = mask;
  }

  @Override
  public Grant grant() throws IOException {
    CompletableFuture<Ticket> outcome;
    Ticket old;
    boolean ours = false;
    synchronized (lock) {
      old = current;
      if (old != null && isYounger(old, running == null ? RENEWAL : LIFETIME)) {
        return old.grant(false);
      }
      if (running == null) {
        running = new CompletableFuture<>();
        ours = true;
      }
      outcome = running;
    }
    if (ours) {
      logIn(old, outcome);
    }
    return await(outcome).grant(true);
  }

  private void logIn(@Nullable Ticket old, CompletableFuture<Ticket> outcome) {
    Ticket fresh = null;
    Throwable failure = null;
    try {
      fresh = renew(old);
      fresh.secrets().forEach(mask::add);
    } catch (IOException | RuntimeException | Error e) {
      failure = e;
    }
    synchronized (lock) {
      running = null;
      if (fresh != null) {
        current = fresh;
      }
    }
    if (fresh != null) {
      outcome.complete(fresh);
    } else {
      outcome.completeExceptionally(failure);
    }
  }

  /** With the old ticket, so that a password that was changed meanwhile ends no job. */
  private Ticket renew(@Nullable Ticket old) throws IOException {
    if (old == null || !isYounger(old, LIFETIME)) {
      return login.login(password);
    }
    try {
      return login.login(old.text());
    } catch (PbsException refused) {
      if (refused.problem() != ServerProblem.LOGIN) {
        throw refused;
      }
      try {
        return login.login(password);
      } catch (IOException e) {
        e.addSuppressed(refused);
        throw e;
      }
    }
  }

  /** A ticket from the future, by a clock that was set back, counts as old. */
  private boolean isYounger(Ticket ticket, Duration limit) {
    Instant now = login.now();
    return !now.isBefore(ticket.since()) && now.isBefore(ticket.since().plus(limit));
  }

  private static Ticket await(CompletableFuture<Ticket> outcome) throws IOException {
    try {
      return outcome.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted in the login");
      interrupted.initCause(e);
      throw interrupted;
    } catch (ExecutionException e) {
      Throwable failure = e.getCause();
      if (failure instanceof IOException io) {
        throw io;
      }
      if (failure instanceof Error error) {
        throw error;
      }
      throw failure instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
    }
  }

  @Override
  public boolean discard(Grant refused) {
    if (refused.fresh()) {
      return false;
    }
    synchronized (lock) {
      if (current == refused.ticket()) {
        current = null;
      }
    }
    return true;
  }

  @Override
  public Mask mask() {
    return mask;
  }

  @Override
  public void close() {
    mask.close();
  }
}
