package org.qmpbs.client.lookup;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.SnapshotInfo;

/**
 * Finds the snapshot a user means. The server's list is asked even for a full path, so that a
 * typing error is told as what it is, with the name of the newest snapshot there is.
 */
public final class SnapshotResolver {
  private final PbsServer server;
  private final Namespace namespace;

  /** Looks in {@code namespace} of the server's datastore. */
  public SnapshotResolver(PbsServer server, Namespace namespace) {
    this.server = server;
    this.namespace = namespace;
  }

  /**
   * The one snapshot that {@code path} means; of a group, the newest backup. A full path may also
   * be that of a checkpoint ({@link UnfinishedUpload}).
   *
   * @throws NotInDatastoreException if there is none
   */
  public SnapshotInfo resolve(SnapshotPath path) throws IOException {
    List<SnapshotInfo> all = server.snapshots(namespace, Optional.of(path.group()));
    if (all.isEmpty()) {
      throw new NotInDatastoreException(
          "there is no snapshot of " + path.group() + where(),
          "List what is there with: qmpbs snapshots"
              + (namespace.isRoot() ? "" : " --ns " + namespace)
              + " (a namespace is chosen with --ns).");
    }
    Optional<SnapshotInfo> newest = FinishedSnapshots.newestBackup(all, path.group());
    if (path.snapshot().isEmpty()) {
      return newest.orElseThrow(() -> onlyUnfinished(path));
    }
    return all.stream()
        .filter(info -> info.snapshot().equals(path.snapshot().get()))
        .findFirst()
        .orElseThrow(
            () ->
                new NotInDatastoreException(
                    "there is no snapshot " + path + where(),
                    newest
                            .map(info -> "The newest of the group is " + info.snapshot() + "; list")
                            .orElse("List")
                        + " all with: qmpbs snapshots "
                        + path.group()));
  }

  private NotInDatastoreException onlyUnfinished(SnapshotPath path) {
    return new NotInDatastoreException(
        "there is no finished snapshot of " + path.group() + where(),
        "A backup is being written or its first upload was interrupted, or the server died while one"
            + " was: wait for its end or run it again, or look with:"
            + " qmpbs snapshots "
            + path.group());
  }

  private String where() {
    return " in datastore "
        + server.repository().datastore()
        + (namespace.isRoot() ? "" : ", namespace " + namespace);
  }
}
