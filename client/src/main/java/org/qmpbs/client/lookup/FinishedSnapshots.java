package org.qmpbs.client.lookup;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.SnapshotInfo;

/**
 * The newest snapshot of a group, for a backup that builds on it, checkpoints of a first upload
 * included, and for a user who wants it back, without them. One without a manifest does not count,
 * it is being written, or is what a crash of the server left.
 */
public final class FinishedSnapshots {
  private FinishedSnapshots() {}

  /** Asks the server. */
  public static Optional<SnapshotInfo> newest(
      PbsServer server, Namespace namespace, BackupGroup group) throws IOException {
    return newest(server.snapshots(namespace, Optional.of(group)), group);
  }

  /** The one that the server builds on, be it a checkpoint. */
  public static Optional<SnapshotInfo> newest(List<SnapshotInfo> listed, BackupGroup group) {
    return listed.stream()
        .filter(info -> info.snapshot().group().equals(group))
        .filter(FinishedSnapshots::isFinished)
        .max(Comparator.comparingLong(info -> info.snapshot().time()));
  }

  /** The one that can be restored. */
  static Optional<SnapshotInfo> newestBackup(List<SnapshotInfo> listed, BackupGroup group) {
    return newest(listed.stream().filter(info -> !UnfinishedUpload.is(info)).toList(), group);
  }

  /** Whether it has a manifest: without one it is being written, or a crash left it. */
  public static boolean isFinished(SnapshotInfo info) {
    return info.file(Manifest.NAME).isPresent();
  }
}
