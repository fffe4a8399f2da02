package org.qmpbs.client.memory;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.qmpbs.chunker.Digest;
import org.qmpbs.pbs.Access;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.BackupSession;
import org.qmpbs.pbs.DatastoreAdmin;
import org.qmpbs.pbs.DatastoreStatus;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.Protection;
import org.qmpbs.pbs.ReadKey;
import org.qmpbs.pbs.ReaderSession;
import org.qmpbs.pbs.Repository;
import org.qmpbs.pbs.ServerTasks;
import org.qmpbs.pbs.ServerVersion;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.SnapshotInfo;
import org.qmpbs.pbs.SpeedTest;

/** A datastore in memory that can be read. */
public final class MemoryServer implements PbsServer {
  private final Map<String, MemorySnapshot> snapshots = new TreeMap<>();

  /** The chunks, to be damaged. */
  public final Map<Digest, byte[]> chunks = new HashMap<>();

  /** What is done beside reading. */
  public final MemoryAdmin admin = new MemoryAdmin();

  /** The server's tasks. */
  public final MemoryTasks tasks = new MemoryTasks();

  /** Whether snapshots can be forgotten. */
  public boolean forgets;

  /** What happens at each chunk call. */
  public MemoryReader.ChunkHook hook = digest -> {};

  /** What happens before a session is opened. */
  public StartHook atStart = number -> {};

  /** How many were asked for. */
  public int sessions;

  /** Called with the number of sessions before. */
  public interface StartHook {
    /** May fail. */
    void before(int number) throws IOException;
  }

  /** The last session. */
  public MemoryReader reader;

  /** Adds an empty snapshot. */
  public MemorySnapshot snapshot(String path) {
    MemorySnapshot added = new MemorySnapshot(Snapshot.parse(path), chunks);
    snapshots.put(path, added);
    return added;
  }

  @Override
  public Repository repository() {
    return Repository.parse("backup@pbs!qmpbs@pbs.example:store1");
  }

  @Override
  public String version() {
    return "4.1";
  }

  @Override
  public ServerVersion serverVersion() {
    return new ServerVersion("4.1", "1", "local");
  }

  @Override
  public DatastoreAdmin administration() {
    return admin;
  }

  @Override
  public SpeedTest startSpeedTest(Namespace namespace, long time) {
    throw new UnsupportedOperationException("not needed");
  }

  @Override
  public ServerTasks tasks() {
    return tasks;
  }

  @Override
  public DatastoreStatus status() {
    return new DatastoreStatus(3, 1, 2);
  }

  @Override
  public List<SnapshotInfo> snapshots(Namespace namespace, Optional<BackupGroup> group) {
    return snapshots.values().stream()
        .map(MemorySnapshot::info)
        .filter(info -> group.isEmpty() || info.snapshot().group().equals(group.get()))
        .toList();
  }

  @Override
  public List<SnapshotInfo.FileInfo> files(Namespace namespace, Snapshot snapshot) {
    return snapshots.get(snapshot.toString()).fileInfos();
  }

  @Override
  public void forget(Namespace namespace, Snapshot snapshot) throws IOException {
    if (!forgets || snapshots.remove(snapshot.toString()) == null) {
      throw new IOException("this datastore is read-only");
    }
  }

  @Override
  public BackupSession startBackup(Namespace namespace, Snapshot snapshot, Protection protection)
      throws IOException {
    throw new IOException("this datastore is read-only");
  }

  @Override
  public ReaderSession startReader(Namespace namespace, Snapshot snapshot, ReadKey key)
      throws IOException {
    atStart.before(sessions++);
    reader = new MemoryReader(snapshots.get(snapshot.toString()), this);
    return reader;
  }

  /** What it says of our rights. */
  public Access access = new MemoryAccess();

  @Override
  public Access access() {
    return access;
  }

  @Override
  public void close() {}
}
