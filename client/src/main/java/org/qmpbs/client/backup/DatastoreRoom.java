package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.client.output.Sizes;
import org.qmpbs.client.retry.Setback;
import org.qmpbs.pbs.DatastoreStatus;

/**
 * Compares what a backup takes at most with what is free on the datastore. Only a warning: chunks
 * are compressed, the server knows many of them, and room may be made meanwhile.
 *
 * <p>An increment takes what its bitmap calls dirty. A full read takes nobody knows how much before
 * it is done, for a large disk may be empty and its data known; it counts as one chunk, so that a
 * datastore without any room is told of before hours of reading.
 */
final class DatastoreRoom {
  private DatastoreRoom() {}

  /** The warning, if there is reason for one. */
  static Optional<String> warning(BackupEnvironment environment, List<DiskJob> jobs) {
    long most = 0;
    for (DiskJob job : jobs) {
      most +=
          job.plan() instanceof ReadPlan.Incremental incremental
              ? incremental.dirtyBytes()
              : Math.min(job.disk().size(), Chunks.SIZE);
    }
    try {
      DatastoreStatus status = environment.server().status();
      if (most <= status.available()) {
        return Optional.empty();
      }
      return Optional.of(
          "the datastore has "
              + Sizes.format(status.available())
              + " left, and this backup may take up to "
              + Sizes.format(most)
              + "; if it fails for want of room, prune and collect garbage there");
    } catch (IOException e) {
      // Worth a line, but whoever may write need not be able to look.
      environment.progress().note("the datastore's room is not known: " + Setback.line(e));
      return Optional.empty();
    }
  }
}
