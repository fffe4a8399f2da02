package org.qmpbs.client.backup;

import java.util.Optional;
import org.qmpbs.pbs.Snapshot;

/**
 * The backup times of an upload's checkpoints: seconds that lie before the backup's own and after
 * the group's last snapshot, because the server takes nothing but later snapshots. They say nothing
 * about when a checkpoint was made; the backup keeps the time of its point in time.
 */
final class CheckpointTimes {
  /** At one checkpoint every half hour that is 75 days. */
  static final int MOST = 3600;

  private final Snapshot backup;
  private long next;

  /**
   * For one upload.
   *
   * @param backup what the upload is to become
   * @param last of the group
   */
  CheckpointTimes(Snapshot backup, Optional<Snapshot> last) {
    this.backup = backup;
    this.next = 1 + Math.max(backup.time() - MOST, last.map(Snapshot::time).orElse(0L));
    if (next < 1) {
      next = 1;
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
    return new Snapshot(backup.group(), next++);
  }
}
