package org.qmpbs.client.backup;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.backup.ReadPlan.FullRead;
import org.qmpbs.client.output.Durations;
import org.qmpbs.client.retry.Retries;
import org.qmpbs.client.retry.Setback;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.ServerProblem;
import org.qmpbs.pbs.ServerProblem.Retry;

/**
 * Makes attempts at a backup until one succeeds or fails for good. Each is whole: a failed one has
 * dropped its new bitmaps and kept the old ones, so the next one looks, plans and takes its instant
 * as if it were the first. It is made again
 *
 * <ul>
 *   <li>at once and with a full read, once, where the server cannot build on the last snapshot;
 *   <li>after growing pauses where the connection broke or the server was away, as often as {@link
 *       Patience#retries} says;
 *   <li>while the server has yet to notice that a session of ours is gone;
 *   <li>while somebody else holds the group, as long as {@link Patience#lock} says.
 * </ul>
 *
 * Everything else is final, and so is whatever has a {@link BackupException} of its own: people can
 * act upon it. An end whose outcome nobody knows is one of those: what the next attempt may believe
 * is then for the next job to find out.
 */
final class Attempts {
  /**
   * A server whose end of a connection is still open notices by TCP's keep-alive that nobody is
   * there: Proxmox Backup Server begins to probe after 2 minutes and Linux ends it 9 probes of 75 s
   * later. Until then our own lost session holds the group.
   */
  private static final Duration OWN_LOCK = Duration.ofMinutes(15);

  /** A server that did notice removes the few files of a session within that many short pauses. */
  private static final int SHORT_PAUSES = 10;

  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofSeconds(15);

  private final BackupEnvironment environment;
  private final BackupRequest request;
  private final CancellationToken token;
  private final List<String> warnings = new ArrayList<>();
  private final LockWait ours = new LockWait();
  private final LockWait others = new LockWait();
  private Optional<FullRead> forced;
  private boolean isSecondRead;
  private boolean isReached;
  private boolean hadSession;
  private int retries;

  Attempts(
      BackupEnvironment environment,
      BackupRequest request,
      CancellationToken token,
      Optional<FullRead> forced) {
    this.environment = environment;
    this.request = request;
    this.token = token;
    this.forced = forced;
  }

  /** Makes them. */
  BackupSummary run() throws IOException {
    Instant start = environment.clock().instant();
    IOException earlier = null;
    while (true) {
      BackupRun attempt = new BackupRun(environment, request, forced, token);
      try {
        BackupSummary done = attempt.run();
        return done.after(
            retries, warnings, Duration.between(start, environment.clock().instant()));
      } catch (IOException e) {
        if (earlier != null && earlier != e) {
          e.addSuppressed(earlier);
        }
        isReached |= attempt.reachedServer();
        prepareNext(attempt, e);
        earlier = e;
      }
    }
  }

  /** Returns when the next attempt may begin; throws {@code failure} if there is none. */
  private void prepareNext(BackupRun attempt, IOException failure) throws IOException {
    boolean isLostEnd = failure instanceof FinishLostException;
    if ((failure instanceof BackupException && !isLostEnd) || token.reason() != null) {
      throw failure;
    }
    PbsException refusal = isLostEnd ? null : Setback.refusal(failure);
    if (refusal != null && refusal.problem().retry() == Retry.AS_FULL_READ && !isSecondRead) {
      readEverything(refusal);
    } else if (refusal != null && isNotYetFree(refusal)) {
      awaitOurLock(failure);
    } else if (refusal != null && refusal.problem() == ServerProblem.LOCKED) {
      awaitOthersLock(failure, refusal);
    } else if (isLost(failure) && retries < request.patience().retries().times()) {
      awaitServer(attempt, failure);
    } else {
      throw failure;
    }
    if (token.reason() != null) {
      throw failure;
    }
  }

  private void readEverything(PbsException refusal) {
    isSecondRead = true;
    hadSession = true;
    String line = "the server would not build on the last snapshot: " + refusal.serverText();
    environment.progress().warn(line + "; reading everything");
    forced = Optional.of(new FullRead(FullReadReason.NO_USABLE_SNAPSHOT, line));
  }

  private boolean isLost(IOException failure) {
    return failure instanceof FinishLostException || Setback.isTransient(failure, isReached);
  }

  private void awaitServer(BackupRun attempt, IOException failure) throws IOException {
    hadSession |= attempt.askedForSession() && Setback.leavesSession(failure);
    isReached = true;
    retries++;
    Retries policy = request.patience().retries();
    Duration pause = policy.pause(retries, environment.random());
    warn(
        "the attempt failed: "
            + Setback.line(failure)
            + "; trying again in "
            + Durations.format(pause)
            + " (retry "
            + retries
            + " of "
            + policy.times()
            + ")");
    ours.restart();
    environment.sleep(pause);
  }

  /** Both are said before a session exists, thus before anything was done in vain. */
  private boolean isNotYetFree(PbsException refusal) {
    boolean isStillThere = refusal.problem() == ServerProblem.CLOCK && ours.pauses < SHORT_PAUSES;
    return hadSession && (refusal.problem() == ServerProblem.LOCKED || isStillThere);
  }

  private void awaitOurLock(IOException failure) throws IOException {
    if (ours.pauses == SHORT_PAUSES) {
      environment
          .progress()
          .note("the server still holds the group, probably for the session that was lost");
    }
    ours.pause(failure, ours.pauses < SHORT_PAUSES ? SHORT : LONG, OWN_LOCK);
  }

  private void awaitOthersLock(IOException failure, PbsException refusal) throws IOException {
    Duration limit = request.patience().lock();
    if (others.pauses == 0 && !limit.isZero()) {
      warn(
          "the group is locked: "
              + refusal.serverText()
              + "; waiting for it, at most "
              + Durations.format(limit));
    }
    others.pause(failure, LONG, limit);
  }

  private void warn(String line) {
    warnings.add(line);
    environment.progress().warn(line);
  }

  /** One wait for a lock, from the first refusal on. */
  private final class LockWait {
    private @Nullable Long since;
    private int pauses;

    void restart() {
      since = null;
      pauses = 0;
    }

    /** Waits a little, or throws {@code failure} when {@code limit} is over. */
    void pause(IOException failure, Duration length, Duration limit) throws IOException {
      long now = environment.ticker().nanos();
      if (since == null) {
        since = now;
      }
      Duration left = limit.minusNanos(now - since);
      if (left.isNegative() || left.isZero()) {
        throw failure;
      }
      pauses++;
      Duration stretched = Retries.stretched(length, environment.random());
      environment.sleep(stretched.compareTo(left) < 0 ? stretched : left);
    }
  }
}
