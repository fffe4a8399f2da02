package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;

/**
 * Writes one snapshot. It holds the locks on the group and on the new snapshot, and a shared one on
 * the snapshot it builds on; all go when the backup is finished, or when the session ends. A
 * session that ends before is undone: the snapshot's folder is removed. Chunks stay, as no snapshot
 * misses them and garbage collection finds them.
 */
final class BackupSession implements Session {
  private final Datastore store;
  private final SnapshotName snapshot;
  private final @Nullable SnapshotName base;
  private final List<FolderLock> locks;
  private final Clock clock;
  private final RandomGenerator random;
  private final boolean syncOnFinish;
  private final BackupState state = new BackupState();
  private final BackupCalls calls = new BackupCalls(this);

  private BackupSession(
      Datastore store,
      SnapshotName snapshot,
      @Nullable SnapshotName base,
      List<FolderLock> locks,
      ServerSettings settings) {
    this.store = store;
    this.snapshot = snapshot;
    this.base = base;
    this.locks = locks;
    this.clock = settings.clock();
    this.random = settings.random();
    this.syncOnFinish = settings.syncOnFinish();
  }

  /** Takes the locks in the order of the real server, or none at all. */
  static BackupSession open(
      Datastore store, Principal principal, SnapshotName snapshot, ServerSettings settings)
      throws IOException, Refused {
    List<FolderLock> locks = new ArrayList<>();
    boolean opened = false;
    try {
      locks.add(store.lockGroup(snapshot.group(), principal.authId()));
      principal.requireOwner(store.owner(snapshot.group()));
      Optional<Datastore.Listed> last = usableBase(store, snapshot.group());
      if (last.isPresent()) {
        locks.add(lockBase(store, snapshot, last.get()));
      }
      locks.add(store.createSnapshot(snapshot));
      BackupSession session =
          new BackupSession(
              store, snapshot, last.map(Datastore.Listed::snapshot).orElse(null), locks, settings);
      store.garbage().beginWriting(session, settings.clock().instant().getEpochSecond());
      opened = true;
      return session;
    } finally {
      if (!opened) {
        locks.forEach(FolderLock::close);
      }
    }
  }

  /** A last snapshot whose verification failed counts as none, so that all is sent again. */
  private static Optional<Datastore.Listed> usableBase(Datastore store, GroupName group)
      throws IOException, Refused {
    Optional<Datastore.Listed> last = store.lastFinished(group);
    boolean failed =
        last.isPresent() && Manifests.load(store.path(last.get().snapshot())).failedVerification();
    return failed ? Optional.empty() : last;
  }

  private static FolderLock lockBase(Datastore store, SnapshotName snapshot, Datastore.Listed last)
      throws IOException, Refused {
    if (snapshot.time() <= last.snapshot().time()) {
      throw Refused.badRequest("backup timestamp is older than last backup.");
    }
    return FolderLock.tryLock(store.path(last.snapshot()), true)
        .orElseThrow(
            () ->
                Refused.badRequest(
                    "while locking last snapshot during backup '"
                        + last.snapshot().debug(store.name())
                        + "'"));
  }

  @Override
  public Optional<Endpoint> endpoint(String name) {
    return calls.endpoint(name);
  }

  Response previousBackupTime() {
    return Response.data(base == null ? NullNode.getInstance() : LongNode.valueOf(base.time()));
  }

  Response previous(String archive) throws IOException, Refused {
    if (base == null) {
      throw Refused.badRequest("no valid previous backup");
    }
    Path file = store.path(base).resolve(archive);
    if (archive.endsWith(".fidx")) {
      state.registerIndex(IndexFiles.read(file));
    }
    return IndexFiles.download(file);
  }

  Response createIndex(String archive, long size, @Nullable String reusedChecksum)
      throws IOException, Refused {
    if (!archive.endsWith(".fidx")) {
      throw Refused.badRequest("wrong archive extension: '" + archive + "'");
    }
    FixedIndex reused = reusedChecksum == null ? null : reusable(archive, reusedChecksum);
    if (size > FixedWriter.MAX_SIZE) {
      throw Refused.badRequest(
          "an image of "
              + size
              + " bytes is larger than this server takes: "
              + FixedWriter.MAX_SIZE);
    }
    return Response.data(LongNode.valueOf(state.addWriter(archive, size, reused)));
  }

  private FixedIndex reusable(String archive, String checksum) throws IOException, Refused {
    if (base == null) {
      throw Refused.badRequest("cannot reuse index - no valid previous backup exists");
    }
    Path file = store.path(base).resolve(archive);
    if (!Files.exists(file)) {
      throw Refused.badRequest("cannot reuse index - no previous backup exists for archive");
    }
    FixedIndex index = IndexFiles.read(file);
    if (!index.checksum().hex().equals(checksum)) {
      throw Refused.badRequest(
          "expected csum ("
              + checksum
              + ") doesn't match last backup's ("
              + index.checksum()
              + "), cannot do incremental backup");
    }
    return index;
  }

  /** The chunk is stored even if the writer then refuses it, as with the real server. */
  Response chunk(long writer, Digest digest, long size, long encodedSize, Endpoint.Body body)
      throws IOException, Refused {
    if (body.length() != encodedSize) {
      throw Refused.badRequest("uploaded chunk has unexpected size.");
    }
    RawBlob blob = RawBlob.parse(body.bytes());
    blob.updateCrc();
    blob.verifyChunk(size, digest);
    ChunkStore.Inserted inserted = store.chunks().insert(blob, digest);
    state.registerChunk(writer, digest, size, inserted);
    return Response.data(TextNode.valueOf(digest.hex()));
  }

  Response append(long writer, List<String> digests, List<Long> offsets) throws Refused {
    if (digests.size() != offsets.size()) {
      throw Refused.badRequest(
          "offset list has wrong length (" + offsets.size() + " != " + digests.size() + ")");
    }
    for (int i = 0; i < digests.size(); i++) {
      state.append(writer, Digest.parse(digests.get(i)), offsets.get(i));
    }
    return Response.done();
  }

  Response closeIndex(long writer, long chunkCount, long size, Digest checksum)
      throws IOException, Refused {
    UUID uuid = new UUID(random.nextLong(), random.nextLong());
    FixedIndex index =
        state.closeWriter(
            writer, chunkCount, size, checksum, uuid, clock.instant().getEpochSecond());
    Path file = store.path(snapshot).resolve(state.writerName(writer));
    AtomicFiles.replace(file, index.toBytes(), true);
    state.writerDone(writer);
    return Response.done();
  }

  Response blob(String name, long encodedSize, Endpoint.Body body) throws IOException, Refused {
    if (body.length() != encodedSize) {
      throw Refused.badRequest(
          "got blob with unexpected length (" + encodedSize + " != " + body.length() + ")");
    }
    RawBlob blob = RawBlob.parse(body.bytes());
    blob.verifyCrc();
    AtomicFiles.replace(store.path(snapshot).resolve(name), blob.bytes(), true);
    state.blobDone(body.length());
    return Response.done();
  }

  Response finish() throws IOException, Refused {
    state.requireComplete();
    if (base != null && !Files.exists(store.path(base))) {
      throw Refused.badRequest(
          "base snapshot "
              + base
              + " was removed during backup, cannot finish as chunks might be missing");
    }
    if (syncOnFinish) {
      Libc.syncFileSystem(store.base());
    }
    Map<String, Long> numbers = state.startFinishing();
    store.updateManifest(
        snapshot,
        unprotected -> unprotected.set("chunk_upload_stats", Manifests.statistics(numbers)));
    state.finished();
    releaseLocks();
    return Response.done();
  }

  void requireActive() throws Refused {
    state.requireActive();
  }

  @Override
  public void end() {
    try {
      if (!state.isFinished()) {
        AtomicFiles.removeTree(store.path(snapshot));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove the unfinished snapshot " + snapshot, e);
    } finally {
      releaseLocks();
    }
  }

  private void releaseLocks() {
    store.garbage().endWriting(this);
    locks.forEach(FolderLock::close);
  }
}
