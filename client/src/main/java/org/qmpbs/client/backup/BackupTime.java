package org.qmpbs.client.backup;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.Snapshot;

/**
 * The time of the new snapshot, which has to be after the last one's. A clock that is a little
 * behind is waited for; one that is far behind is somebody's mistake, and a time is never invented.
 */
final class BackupTime {
  /** Two starts within one second, or the usual drift between two hosts. */
  private static final long MOST_WAIT_SECONDS = 5;

  private static final Duration STEP = Duration.ofMillis(200);

  private final BackupEnvironment environment;
  private final CancellationToken token;

  BackupTime(BackupEnvironment environment, CancellationToken token) {
    this.environment = environment;
    this.token = token;
  }

  /** Names the new snapshot, waiting if need be. */
  Snapshot next(BackupGroup group, OptionalLong given, Optional<Snapshot> newest)
      throws IOException {
    if (given.isPresent()) {
      Snapshot snapshot = new Snapshot(group, given.getAsLong());
      if (newest.isPresent() && newest.get().time() >= snapshot.time()) {
        throw new ClockException(
            "the given backup time "
                + snapshot.timeText()
                + " is not after the last snapshot, "
                + newest.get(),
            "Give a later --backup-time, or none.",
            null);
      }
      return snapshot;
    }
    return new Snapshot(group, waitUntilAfter(newest));
  }

  /** The time that a backup would have now, without waiting. */
  Snapshot wouldBe(BackupGroup group, OptionalLong given) {
    return new Snapshot(group, given.orElse(now()));
  }

  private long waitUntilAfter(Optional<Snapshot> newest) throws IOException {
    long start = now();
    long after = newest.map(Snapshot::time).orElse(0L);
    if (after - start >= MOST_WAIT_SECONDS) {
      throw behind(newest.orElseThrow(), start);
    }
    long steps = Duration.ofSeconds(MOST_WAIT_SECONDS).dividedBy(STEP);
    for (long i = 0; now() <= after; i++) {
      token.check();
      if (i > steps) {
        throw behind(newest.orElseThrow(), now());
      }
      environment.sleep(STEP);
    }
    return now();
  }

  private long now() {
    return environment.clock().instant().getEpochSecond();
  }

  private static ClockException behind(Snapshot newest, long now) {
    return new ClockException(
        "our clock says "
            + new Snapshot(newest.group(), Math.max(1, now)).timeText()
            + ", but the group already has "
            + newest
            + "; the server takes later snapshots only",
        "Set the clock of this host, or of the one that made that snapshot; or give --backup-time.",
        null);
  }
}
