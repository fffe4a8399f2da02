package org.qmpbs.client.backup;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.qmpbs.agent.AgentInfo;
import org.qmpbs.agent.AgentRefusedException;
import org.qmpbs.agent.GuestAgent;
import org.qmpbs.agent.Thawing;
import org.qmpbs.client.rate.RateLimiter;
import org.qmpbs.machine.Quiesce;

/**
 * Freezes the guest's file systems for the instant. The order is the point of it:
 *
 * <ol>
 *   <li>the guard process is ready, the agent answers, and nothing is frozen yet: what somebody
 *       else has frozen is not ours to thaw;
 *   <li>the record of the freeze is on the disk, for the next run if we and the guard are killed;
 *   <li>freeze; from then on a timer thaws when the limit is over, whatever the instant does;
 *   <li>the instant;
 *   <li>thaw, and only its answer proves that all was frozen until now: a guest may thaw by itself
 *       (Windows after 10 s, or its owner) and still call itself frozen.
 * </ol>
 *
 * Once the request to freeze was sent, thawing is requested on every path, also when the agent says
 * that nothing is frozen: it ends what the guest's hooks have begun. What cannot be thawed is left
 * to the guard, which goes on trying, and to the next run.
 */
final class GuestFreeze implements Quiesce {
  /** After the agent's own time for thawing: for reaching it once more over a new connection. */
  private static final Duration SECOND_TRY = Duration.ofSeconds(5);

  private static final String REMEDY =
      "See that qemu-guest-agent runs in the guest, that --agent-socket is its socket, and that no"
          + " other program uses it. --freeze try takes the backup all the same.";

  private final FreezeOptions options;
  private final Path directory;
  private final CancellationToken token;
  private final RateLimiter.Ticker ticker;
  private final Consumer<String> warn;
  private final AtomicBoolean thawing = new AtomicBoolean();
  private final CompletableFuture<Thawed> thawed = new CompletableFuture<>();
  private @Nullable GuestAgent agent;
  private FreezeReport report;
  private long begun;
  private int frozen;
  private volatile boolean mayBeFrozen;

  /**
   * How it ended.
   *
   * @param held how many were frozen until then, and -1 if that is not known
   * @param late by the timer, before the instant was complete
   * @param time since the request to freeze
   * @param trouble why nobody knows, or null
   */
  private record Thawed(int held, boolean late, Duration time, @Nullable IOException trouble) {}

  /**
   * For one instant.
   *
   * @param directory of the run
   * @param warn is told what a person should look at
   */
  GuestFreeze(
      FreezeOptions options,
      Path directory,
      CancellationToken token,
      RateLimiter.Ticker ticker,
      Consumer<String> warn) {
    this.options = options;
    this.directory = directory;
    this.token = token;
    this.ticker = ticker;
    this.warn = warn;
    this.report = new FreezeReport(options.mode(), false, 0, Duration.ZERO, null);
  }

  private Path socket() {
    return Objects.requireNonNull(options.agentSocket()).toAbsolutePath();
  }

  @Override
  public Optional<Freezing> freezing() {
    return options.mode() == FreezeMode.OFF
        ? Optional.empty()
        : Optional.of(new Freezing(socket(), FreezeRecord.in(directory)));
  }

  @Override
  public void before(Guard guard) throws IOException {
    if (options.mode() == FreezeMode.OFF) {
      return;
    }
    GuestAgent ready;
    try {
      guard.awaitReady();
      ready = reach();
      new FreezeRecord(socket()).write(directory);
    } catch (InterruptedIOException e) {
      closeAgent();
      throw e;
    } catch (IOException e) {
      closeAgent();
      token.check();
      giveUp(0, Duration.ZERO, String.valueOf(e.getMessage()), e);
      return;
    }
    begun = ticker.nanos();
    try {
      frozen = ready.freeze(options.limit());
      if (frozen == 0) {
        throw new IOException("the guest has no file system that can be frozen");
      }
      startTimer();
      token.check();
    } catch (InterruptedIOException | RuntimeException | Error e) {
      release(false);
      throw e;
    } catch (IOException e) {
      frozen = 0;
      Thawed end = release(false);
      token.check();
      giveUp(0, end.time(), String.valueOf(e.getMessage()), e);
    }
  }

  private GuestAgent reach() throws IOException {
    GuestAgent connected = GuestAgent.connect(socket(), GuestAgent.SYNC);
    agent = connected;
    // An agent that has frozen something may not freeze until it has thawed: the status goes first.
    if (connected.isFrozen()) {
      throw new IOException(
          "the guest's file systems are frozen already, by somebody else: they are left so");
    }
    AgentInfo info = connected.info();
    if (!info.canFreeze()) {
      throw new IOException(
          "the guest agent " + info.version() + " cannot freeze file systems, or may not");
    }
    return connected;
  }

  private void startTimer() {
    long left = options.limit().toNanos() - (ticker.nanos() - begun);
    Thread timer = new Thread(() -> thawAfter(left), "qmpbs-freeze-limit");
    timer.setDaemon(true);
    timer.start();
  }

  private void thawAfter(long nanos) {
    try {
      thawed.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      releaseOnce(true);
    } catch (InterruptedException | ExecutionException e) {
      // Nobody interrupts this thread, and who waits for the thawing hears of its failure.
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void after() throws IOException {
    if (frozen == 0) {
      return;
    }
    Thawed end = release(false);
    String why = null;
    if (end.late()) {
      why = "thawed after " + options.limit().toMillis() + " ms, before the instant was complete";
    } else if (end.trouble() != null) {
      why = "that they were frozen to the end is not sure: " + end.trouble().getMessage();
    } else if (end.held() < frozen) {
      why =
          end.held() == 0
              ? "they were not frozen any more at the end; the guest has thawed them by itself"
              : "only " + end.held() + " of " + frozen + " were frozen to the end";
    }
    if (why != null) {
      giveUp(frozen, end.time(), why, end.trouble());
    } else {
      report = new FreezeReport(options.mode(), true, frozen, end.time(), null);
    }
  }

  @Override
  public boolean mayBeFrozen() {
    return mayBeFrozen;
  }

  /** What became of it. */
  FreezeReport report() {
    return report;
  }

  /** At the end of the backup: what may be frozen even now, or empty. */
  Optional<String> stillFrozen() {
    if (!mayBeFrozen || Files.notExists(FreezeRecord.in(directory))) {
      // The guard has gone on trying.
      return Optional.empty();
    }
    return Optional.of(
        "the guest's file systems may still be frozen; the agent behind "
            + socket()
            + " could not be told to thaw them. Run qmpbs recover with the same --scratch, or"
            + " restart the guest's agent or the guest");
  }

  private void giveUp(int count, Duration time, String why, @Nullable IOException cause)
      throws FreezeException {
    report = new FreezeReport(options.mode(), false, count, time, why);
    String line = "the guest's file systems were not frozen at the point in time: " + why;
    if (options.mode() == FreezeMode.REQUIRE) {
      throw new FreezeException(line, REMEDY, cause);
    }
    warn.accept(line + "; the backup is what a power failure would leave");
  }

  /** Thaws, or waits for the one who does. */
  private Thawed release(boolean late) throws IOException {
    releaseOnce(late);
    try {
      return thawed.get();
    } catch (InterruptedException e) {
      // Whoever thaws goes on, and the guard is told that it may have to.
      mayBeFrozen = true;
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the guest's file systems were thawed");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private void releaseOnce(boolean late) {
    if (thawing.compareAndSet(false, true)) {
      Thawed end;
      try {
        end = thaw(late);
      } catch (RuntimeException | Error e) {
        mayBeFrozen = true;
        thawed.completeExceptionally(e);
        throw e;
      }
      thawed.complete(end);
    }
  }

  private Thawed thaw(boolean late) {
    int held = -1;
    IOException trouble = null;
    boolean settled = true;
    try {
      held = Objects.requireNonNull(agent).thaw(Thawing.THAW);
    } catch (AgentRefusedException e) {
      trouble = e;
      settled = !isFrozen();
    } catch (IOException e) {
      trouble = e;
      settled = false;
    }
    closeAgent();
    if (!settled) {
      try {
        Thawing.of(socket(), SECOND_TRY);
      } catch (IOException e) {
        mayBeFrozen = true;
        warn.accept("the guest's file systems may still be frozen: " + e.getMessage());
      }
    }
    if (!mayBeFrozen) {
      try {
        Files.deleteIfExists(FreezeRecord.in(directory));
      } catch (IOException e) {
        warn.accept("the record of the freeze cannot be deleted: " + e);
      }
    }
    return new Thawed(held, late, Duration.ofNanos(ticker.nanos() - begun), trouble);
  }

  /** Windows thaws by itself after a while; its agent says so by refusing to thaw. */
  private boolean isFrozen() {
    try {
      return Objects.requireNonNull(agent).isFrozen();
    } catch (IOException e) {
      return true;
    }
  }

  private void closeAgent() {
    GuestAgent connected = agent;
    if (connected != null) {
      try {
        connected.close();
      } catch (IOException e) {
        warn.accept("the connection to the guest agent did not end well: " + e);
      }
    }
  }
}
