package org.qmpbs.client.read;

import java.io.IOException;
import org.qmpbs.client.lookup.SnapshotPath;
import org.qmpbs.client.lookup.SnapshotResolver;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.ReadKey;
import org.qmpbs.pbs.Snapshot;

/**
 * Finds and opens the snapshots of one job: as patiently as the job, and only as long as it is not
 * stopped.
 */
public final class SnapshotOpener {
  private final PbsServer server;
  private final Namespace namespace;
  private final ReadKey key;
  private final Patiently patiently;
  private final JobStop stop;

  /** Everything is read with {@code key}, and ends with {@code stop}. */
  public SnapshotOpener(
      PbsServer server, Namespace namespace, ReadKey key, Patiently patiently, JobStop stop) {
    this.server = server;
    this.namespace = namespace;
    this.key = key;
    this.patiently = patiently;
    this.stop = stop;
  }

  /**
   * The snapshot that {@code path} means.
   *
   * @throws org.qmpbs.client.lookup.NotInDatastoreException if there is none
   */
  public Snapshot find(SnapshotPath path) throws IOException {
    stop.check();
    SnapshotResolver snapshots = new SnapshotResolver(server, namespace);
    return patiently.call(() -> snapshots.resolve(path).snapshot());
  }

  /** A session that is closed when the job is stopped, and at the latest by the caller. */
  public PatientReader open(Snapshot snapshot) throws IOException {
    stop.check();
    PatientReader session = PatientReader.open(server, namespace, snapshot, key, patiently);
    try {
      stop.watch(session);
      return session;
    } catch (JobStoppedException e) {
      session.close();
      throw e;
    }
  }
}
