package org.qmpbs.client.backup;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.qmpbs.pbs.Snapshot;

/**
 * The backup times of an upload's checkpoints: seconds that lie before the backup's own and after
 * the group's last snapshot, because the server takes nothing but later snapshots. They say nothing
 * about when a checkpoint was made; the backup keeps the time of its point in time.
 *
 * <p>A server that crashed keeps what it has of the session that it was in, and takes no other of
 * that second.
 */
final class CheckpointTimes {
  /** At one checkpoint every half hour that is 75 days. */
  static final int MOST = 3600;

  private final Snapshot backup;
  private final Set<Long> taken;
  private long next;

  /**
   * For one upload.
   *
   * @param backup what the upload is to become
   * @param last finished one of the group
   * @param listed all of the group, finished or not
   */
  CheckpointTimes(Snapshot backup, Optional<Snapshot> last, Collection<Snapshot> listed) {
    this.backup = backup;
    this.taken = listed.stream().map(Snapshot::time).collect(Collectors.toUnmodifiableSet());
    this.next = 1 + Math.max(backup.time() - MOST, last.map(Snapshot::time).orElse(0L));
    if (next < 1) {
      next = 1;
    }
    skipTaken();
  }

  private void skipTaken() {
    while (taken.contains(next)) {
      next++;
    }
  }

  /** Whether there is room for one more. */
  boolean hasNext() {
    return next < backup.time();
  }

  /** The next one. */
  Snapshot next() {
    if (!hasNext()) {
      throw new IllegalStateException("no second is left before " + backup);
    }
    Snapshot snapshot = new Snapshot(backup.group(), next++);
    skipTaken();
    return snapshot;
  }
}
