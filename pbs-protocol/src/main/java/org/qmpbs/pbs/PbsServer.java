package org.qmpbs.pbs;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * A Proxmox Backup Server as one user sees one of its datastores. REST calls may be made from any
 * thread; each session gets a connection of its own. The certificate is checked before any secret
 * is sent, on every connection.
 */
public interface PbsServer extends AutoCloseable {
  /**
   * A server to talk to. Does not connect yet, so a wrong name, certificate or secret shows at the
   * first call.
   *
   * @param login an API token's, or a user's; its secret is wiped by {@link #close}
   * @throws IllegalArgumentException if host or token cannot stand in a request
   */
  static PbsServer open(Login login, Timeouts timeouts) {
    return new HttpPbsServer(login, Trust.of(login.pins()), timeouts, Clock.systemUTC());
  }

  /** The repository this was opened for. */
  Repository repository();

  /** The server's version, for instance "4.1". Needs no permission beyond a valid login. */
  String version() throws IOException;

  /** The server's version with all it says. */
  ServerVersion serverVersion() throws IOException;

  /** What is done with the datastore between backups. */
  DatastoreAdmin administration();

  /** The server's tasks. */
  ServerTasks tasks();

  /** Room on the datastore. */
  DatastoreStatus status() throws IOException;

  /** Snapshots of one group, or of all groups, oldest first within a group. */
  List<SnapshotInfo> snapshots(Namespace namespace, Optional<BackupGroup> group) throws IOException;

  /** The files of one snapshot. */
  List<SnapshotInfo.FileInfo> files(Namespace namespace, Snapshot snapshot) throws IOException;

  /**
   * Removes a snapshot. Needs {@code Datastore.Prune} on a group of one's own, or {@code
   * Datastore.Modify}.
   *
   * @throws PbsException if the server refuses: {@link ServerProblem#PERMISSION} without the right,
   *     {@link ServerProblem#LOCKED} while somebody uses the snapshot
   */
  void forget(Namespace namespace, Snapshot snapshot) throws IOException;

  /**
   * Starts a backup: from here to the session's end the group is locked for others.
   *
   * @param protection how the snapshot is signed and encrypted; also reads the previous one
   * @throws PbsException if the server refuses, see {@link ServerProblem}
   */
  BackupSession startBackup(Namespace namespace, Snapshot snapshot, Protection protection)
      throws IOException;

  /**
   * Opens a snapshot for reading.
   *
   * @param key what manifest and blobs are proven and opened with
   */
  ReaderSession startReader(Namespace namespace, Snapshot snapshot, ReadKey key) throws IOException;

  /**
   * Starts to measure how fast this server takes data: a backup of {@code host/benchmark} that is
   * never finished, so that the server removes it with the session.
   *
   * @param time of that backup, seconds since 1970
   */
  SpeedTest startSpeedTest(Namespace namespace, long time) throws IOException;

  /** What this login is, and what it may do. */
  Access access();

  /**
   * Ends calls that wait for an answer, drops connections and wipes the secret; sessions go on.
   * Idempotent, and for any thread: an interrupted one goes on reading from its socket.
   */
  @Override
  void close();
}
