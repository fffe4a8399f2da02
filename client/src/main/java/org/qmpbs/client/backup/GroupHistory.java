package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.Comparator;
import java.util.Optional;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.SnapshotInfo;

/** What the server lists of a group. */
final class GroupHistory {
  private GroupHistory() {}

  /**
   * The newest finished snapshot. One without a manifest is being written, or is what a crash of
   * the server left.
   */
  static Optional<SnapshotInfo> newest(PbsServer server, Namespace namespace, BackupGroup group)
      throws IOException {
    return server.snapshots(namespace, Optional.of(group)).stream()
        .filter(info -> info.snapshot().group().equals(group))
        .filter(info -> info.file(Manifest.NAME).isPresent())
        .max(Comparator.comparingLong(info -> info.snapshot().time()));
  }
}
