package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.pbs.Access;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.BackupSession;
import org.qmpbs.pbs.CryptMode;
import org.qmpbs.pbs.DatastoreAdmin;
import org.qmpbs.pbs.DatastoreStatus;
import org.qmpbs.pbs.FinishOutcome;
import org.qmpbs.pbs.FixedIndexWriter;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.ManifestFile;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsFailures;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.Protection;
import org.qmpbs.pbs.ReadKey;
import org.qmpbs.pbs.ReaderSession;
import org.qmpbs.pbs.Repository;
import org.qmpbs.pbs.ServerProblem;
import org.qmpbs.pbs.ServerTasks;
import org.qmpbs.pbs.ServerVersion;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.SnapshotInfo;
import org.qmpbs.pbs.SpeedTest;
import org.qmpbs.pbs.key.MasterPublicKey;

/** One group on a server in memory. Every call is a step that can be made to fail. */
final class FakeServer implements PbsServer {
  /** What the end of a backup is answered with. */
  enum End {
    DONE,
    NO_ANSWER_BUT_DONE,
    NO_ANSWER_AND_GONE
  }

  /** A finished snapshot. */
  static final class Stored {
    Manifest manifest;
    Protection protection = Protection.NONE;

    /** What became of the manifest on the server. */
    UnaryOperator<byte[]> tampering = UnaryOperator.identity();

    final Map<String, byte[]> blobs = new HashMap<>();
    final Map<String, FakeIndexWriter> archives = new HashMap<>();
    @Nullable String verifyState;

    Stored(Snapshot snapshot) {
      this.manifest = new Manifest(snapshot, List.of());
    }

    /** As it comes back, with the real signature. */
    Manifest read(ReadKey key) throws IOException {
      byte[] json = protection.key().map(manifest::toJson).orElseGet(manifest::toJson);
      return Manifest.parse(tampering.apply(json), manifest.snapshot(), key);
    }
  }

  final Steps steps;
  final TreeMap<Long, Stored> snapshots = new TreeMap<>();
  final Map<Digest, byte[]> chunks = new HashMap<>();
  End end = End.DONE;
  UnaryOperator<FixedIndex> readIndex = UnaryOperator.identity();
  long available = 1L << 30;

  /** Times of sessions of which a crash of the server left a folder. */
  final Set<Long> remains = new TreeSet<>();

  volatile @Nullable FakeSession open;
  int sessions;
  Runnable beforeUpload = () -> {};

  /** Every session, in order. */
  final List<FakeSession> history = new ArrayList<>();

  FakeServer() {
    this(new Steps());
  }

  FakeServer(Steps steps) {
    this.steps = steps;
  }

  Stored last() {
    return snapshots.lastEntry().getValue();
  }

  @Override
  public Repository repository() {
    return Samples.REPOSITORY;
  }

  @Override
  public Access access() {
    throw new UnsupportedOperationException("backups do not ask for rights");
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
    throw new UnsupportedOperationException("not needed");
  }

  @Override
  public SpeedTest startSpeedTest(Namespace namespace, long time) {
    throw new UnsupportedOperationException("not needed");
  }

  @Override
  public ServerTasks tasks() {
    throw new UnsupportedOperationException("not needed");
  }

  @Override
  public DatastoreStatus status() throws IOException {
    steps.at("status");
    return new DatastoreStatus(1L << 40, (1L << 40) - available, available);
  }

  @Override
  public List<SnapshotInfo> snapshots(Namespace namespace, Optional<BackupGroup> group)
      throws IOException {
    steps.at("list");
    List<SnapshotInfo> infos = new ArrayList<>();
    snapshots.forEach(
        (time, stored) -> {
          List<SnapshotInfo.FileInfo> files = new ArrayList<>();
          stored
              .manifest
              .files()
              .forEach(
                  file -> files.add(new SnapshotInfo.FileInfo(file.name(), CryptMode.NONE, 1)));
          files.add(new SnapshotInfo.FileInfo(Manifest.NAME, CryptMode.NONE, 1));
          String notes = stored.manifest.notes();
          infos.add(
              new SnapshotInfo(
                  stored.manifest.snapshot(),
                  1,
                  files,
                  "me",
                  false,
                  stored.verifyState,
                  notes.isEmpty() ? null : notes));
        });
    for (long time : remains) {
      Snapshot unfinished = new Snapshot(Samples.GROUP, time);
      infos.add(new SnapshotInfo(unfinished, 0, List.of(), "me", false, null, null));
    }
    if (open != null) {
      infos.add(new SnapshotInfo(open.snapshot, 0, List.of(), "me", false, null, null));
    }
    return infos;
  }

  @Override
  public List<SnapshotInfo.FileInfo> files(Namespace namespace, Snapshot snapshot) {
    throw new UnsupportedOperationException("not needed");
  }

  @Override
  public void forget(Namespace namespace, Snapshot snapshot) throws IOException {
    steps.at("forget");
    if (snapshots.remove(snapshot.time()) == null) {
      throw PbsFailures.refusal(ServerProblem.NOT_FOUND, "No such file or directory");
    }
  }

  @Override
  public BackupSession startBackup(Namespace namespace, Snapshot snapshot, Protection protection)
      throws IOException {
    steps.at("start");
    if (open != null) {
      throw PbsFailures.refusal(ServerProblem.LOCKED, "locked backup group");
    }
    sessions++;
    FakeSession session = new FakeSession(snapshot, protection);
    if (session.base != null && session.base.manifest.snapshot().time() >= snapshot.time()) {
      throw PbsFailures.refusal(ServerProblem.CLOCK, "backup timestamp is older than last backup.");
    }
    if (remains.contains(snapshot.time())) {
      throw PbsFailures.refusal(ServerProblem.CLOCK, "backup directory already exists.");
    }
    open = session;
    history.add(session);
    return session;
  }

  @Override
  public ReaderSession startReader(Namespace namespace, Snapshot snapshot, ReadKey key)
      throws IOException {
    steps.at("reader");
    Stored stored = snapshots.get(snapshot.time());
    if (stored == null) {
      throw new IOException("no such snapshot");
    }
    return new FakeReader(stored, key);
  }

  @Override
  public void close() {}

  private byte[] blob(Stored stored, String name) throws IOException {
    byte[] content = stored.blobs.get(name);
    if (content == null) {
      throw new IOException("no such blob " + name);
    }
    return content;
  }

  private FixedIndex index(Stored stored, String name) throws IOException {
    FakeIndexWriter archive = stored.archives.get(name);
    if (archive == null) {
      throw new IOException("no such archive " + name);
    }
    return readIndex.apply(archive.closed());
  }

  /** A session that keeps the server's rules. */
  final class FakeSession implements BackupSession {
    final Snapshot snapshot;
    private final Stored written;
    private final Set<Digest> registered = new HashSet<>();
    private final @Nullable Stored base;
    private boolean closed;

    FakeSession(Snapshot snapshot, Protection protection) {
      this.snapshot = snapshot;
      this.written = new Stored(snapshot);
      this.written.protection = protection;
      this.base = snapshots.isEmpty() || "failed".equals(last().verifyState) ? null : last();
    }

    /** What was sent in it. */
    List<Digest> sent() {
      List<Digest> all = new ArrayList<>();
      written.archives.values().forEach(archive -> all.addAll(archive.uploads()));
      return all;
    }

    /** What it could have referred to without sending it. */
    Set<Digest> had() {
      Set<Digest> all = new HashSet<>();
      if (base != null) {
        for (FakeIndexWriter archive : base.archives.values()) {
          for (int i = 0; i < archive.closed().chunkCount(); i++) {
            all.add(archive.closed().digest(i));
          }
        }
      }
      return all;
    }

    private void step(String name) throws IOException {
      steps.at(name);
      if (closed) {
        throw PbsFailures.lost("the session is closed", null);
      }
    }

    private Optional<Stored> base() {
      return Optional.ofNullable(base);
    }

    @Override
    public Snapshot snapshot() {
      return snapshot;
    }

    @Override
    public Optional<Snapshot> previous() throws IOException {
      step("previous");
      return base().map(stored -> stored.manifest.snapshot());
    }

    @Override
    public Optional<Manifest> previousManifest() throws IOException {
      step("previous manifest");
      return base == null
          ? Optional.empty()
          : Optional.of(base.read(written.protection.readEarlier()));
    }

    @Override
    public byte[] previousBlob(Manifest manifest, String name) throws IOException {
      step("previous blob");
      written.protection.readEarlier().opener(manifest, manifest.file(name).orElseThrow());
      return blob(base().orElseThrow(), name);
    }

    @Override
    public FixedIndex previousIndex(Manifest manifest, String name) throws IOException {
      step("previous index");
      FixedIndex index = index(base().orElseThrow(), name);
      for (int i = 0; i < index.chunkCount(); i++) {
        registered.add(index.digest(i));
      }
      return index;
    }

    @Override
    public ManifestFile uploadBlob(String name, byte[] content) throws IOException {
      step("blob");
      written.blobs.put(name, content);
      CryptMode mode = written.protection.mode();
      return new ManifestFile(name, mode, content.length, Digest.sha256(content));
    }

    @Override
    public ManifestFile uploadKeyCopy(byte[] encrypted) throws IOException {
      return uploadBlob(MasterPublicKey.BLOB, encrypted);
    }

    private void upload() throws IOException {
      step("upload");
      beforeUpload.run();
    }

    @Override
    public FixedIndexWriter createIndex(String name, long size) throws IOException {
      step("create index");
      FakeIndexWriter writer =
          new FakeIndexWriter(name, size, null, chunks, registered, written.protection);
      writer.hook = number -> upload();
      written.archives.put(name, writer);
      return writer;
    }

    @Override
    public FixedIndexWriter reuseIndex(String name, FixedIndex reused) throws IOException {
      step("reuse index");
      FakeIndexWriter writer =
          new FakeIndexWriter(name, reused.size(), reused, chunks, registered, written.protection);
      writer.hook = number -> upload();
      written.archives.put(name, writer);
      return writer;
    }

    @Override
    public FinishOutcome finish(Manifest manifest) throws IOException {
      step("finish");
      for (FakeIndexWriter archive : written.archives.values()) {
        if (archive.closed() == null) {
          throw new IOException("found open index writer");
        }
      }
      written.manifest = manifest;
      open = null;
      if (end != End.NO_ANSWER_AND_GONE) {
        snapshots.put(snapshot.time(), written);
      }
      return end == End.DONE ? FinishOutcome.DONE : FinishOutcome.UNKNOWN;
    }

    @Override
    public void close() {
      closed = true;
      if (open == this) {
        open = null;
      }
    }
  }

  private final class FakeReader implements ReaderSession {
    private final Stored stored;
    private final ReadKey key;

    FakeReader(Stored stored, ReadKey key) {
      this.stored = stored;
      this.key = key;
    }

    @Override
    public Snapshot snapshot() {
      return stored.manifest.snapshot();
    }

    @Override
    public Manifest manifest() throws IOException {
      return stored.read(key);
    }

    @Override
    public byte[] blob(Manifest manifest, String name) throws IOException {
      return FakeServer.this.blob(stored, name);
    }

    @Override
    public FixedIndex index(Manifest manifest, String name) throws IOException {
      return FakeServer.this.index(stored, name);
    }

    @Override
    public byte[] chunk(Digest digest) {
      throw new UnsupportedOperationException("not needed");
    }

    @Override
    public void close() {}
  }
}
