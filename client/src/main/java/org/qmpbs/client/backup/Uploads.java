package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.pbs.ManifestFile;
import org.qmpbs.pbs.Snapshot;

/**
 * Decides, once the point in time is taken and it can be seen how much there is to read, whether
 * all of it goes in the session that is open or, as a big first upload, in several.
 *
 * <p>Only a group without any backup gets checkpoints. Where there is one, a checkpoint would take
 * its place as what the server builds on: the next backup could trust no bitmap, though this one
 * may send little.
 */
final class Uploads implements Upload {
  private final BackupEnvironment environment;
  private final CheckpointPolicy policy;
  private final UploadSessions sessions;
  private final SnapshotKeys keys;
  private final SnapshotEnd end;
  private final Checkpoints checkpoints;
  private final PreviousBackup previous;
  private final Snapshot backup;
  private final String target;
  private final Optional<Snapshot> newest;
  private final List<Snapshot> listed;
  private final boolean first;
  private @Nullable Upload chosen;

  /** How much there is to read. */
  @FunctionalInterface
  interface Amount {
    /** Whether it is more than that many bytes. */
    boolean exceeds(long bytes) throws IOException;
  }

  /**
   * For one run.
   *
   * @param keys that everything is protected with
   * @param previous what the session that is open says of the last snapshot
   * @param backup what this run is to make
   * @param newest the group's newest finished snapshot
   * @param listed all that the server has of the group, finished or not
   * @param first whether the group has no backup, but at most checkpoints
   */
  Uploads(
      BackupEnvironment environment,
      CheckpointPolicy policy,
      UploadSessions sessions,
      SnapshotKeys keys,
      SnapshotEnd end,
      Checkpoints checkpoints,
      PreviousBackup previous,
      Snapshot backup,
      String target,
      Optional<Snapshot> newest,
      List<Snapshot> listed,
      boolean first) {
    this.environment = environment;
    this.policy = policy;
    this.sessions = sessions;
    this.keys = keys;
    this.end = end;
    this.checkpoints = checkpoints;
    this.previous = previous;
    this.backup = backup;
    this.target = target;
    this.newest = newest;
    this.listed = List.copyOf(listed);
    this.first = first;
  }

  /** Decides. */
  void begin(List<DiskJob> jobs, Amount amount) throws IOException {
    CheckpointTimes times = new CheckpointTimes(backup, newest, listed);
    boolean nothingToBuildOn =
        previous instanceof PreviousBackup.None
            || previous instanceof PreviousBackup.Unusable
            || previous instanceof PreviousBackup.Unvouched
            || previous instanceof PreviousBackup.Checkpoint;
    if (first && nothingToBuildOn && times.hasNext() && amount.exceeds(policy.threshold())) {
      environment
          .progress()
          .note(
              "a big first upload: what was sent is kept every "
                  + policy.interval().toSeconds()
                  + " s, so that an interrupted one can go on");
      chosen =
          new CheckpointedUpload(
              environment,
              sessions,
              keys,
              end,
              checkpoints,
              policy.interval(),
              backup,
              target,
              times,
              previous.snapshot(),
              jobs);
    } else {
      chosen = Upload.inOneSession(sessions.current().get(), previous, jobs);
    }
  }

  @Override
  public ChunkDestination open(DiskJob job) throws IOException {
    return chosen().open(job);
  }

  @Override
  public List<ManifestFile> complete(List<ManifestFile> files) throws IOException {
    return chosen().complete(files);
  }

  private Upload chosen() {
    if (chosen == null) {
      throw new IllegalStateException("nothing was decided");
    }
    return chosen;
  }
}
