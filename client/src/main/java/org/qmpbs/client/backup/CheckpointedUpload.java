package org.qmpbs.client.backup;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.ChunkSealer;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.chunker.UnsupportedDataException;
import org.qmpbs.client.backup.KnownChunks.Claim;
import org.qmpbs.client.lookup.UnfinishedUpload;
import org.qmpbs.pbs.BackupSession;
import org.qmpbs.pbs.FixedIndexWriter;
import org.qmpbs.pbs.ForgedManifestException;
import org.qmpbs.pbs.IndexEntry;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.ManifestFile;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.UnsignedManifestException;
import org.qmpbs.pbs.WrongKeyException;

/**
 * A big first upload, in several sessions. The server forgets an unfinished session with all that
 * it sent, and in a session only those chunks can be referred to that were sent in it, or that
 * stand in an index of the last finished snapshot. So every session but the last finishes a
 * <em>checkpoint</em>: a snapshot that is no backup and whose indexes hold what was sent so far.
 * The next session fetches these indexes, by which the server knows the chunks, and goes on. The
 * last one holds no data, only the archives.
 *
 * <p>An index of a checkpoint starts as the copy of the one before, be it of an earlier run that
 * was cut off, and what was read since takes its place in it. So nothing that was sent once is lost
 * while the new run has not come to it, and what was changed is simply sent. A position that no run
 * has come to is zeros.
 *
 * <p>Failure. A checkpoint is never complete, so it must not become one by mistake: which positions
 * this run has sent is counted on its own, and a disk is done when it is all of them. What the last
 * session writes must have the checksum that was computed at that moment.
 */
final class CheckpointedUpload implements Upload {
  static final String NOTES = "INCOMPLETE: unfinished first upload of qmpbs, not a backup";

  /** Where old checkpoints cannot be removed, there are fewer: 8 hours between two at most. */
  private static final int MOST_DOUBLINGS = 4;

  private final BackupEnvironment environment;
  private final UploadSessions sessions;
  private final SnapshotKeys keys;
  private final SnapshotEnd end;
  private final Checkpoints checkpoints;
  private final Duration interval;
  private final Snapshot backup;
  private final String target;
  private final String run;
  private final CheckpointTimes times;
  private final Map<String, Disk> disks = new LinkedHashMap<>();
  private final Map<String, Digest> written = new LinkedHashMap<>();
  private KnownChunks known = new KnownChunks();
  private @Nullable Snapshot last;
  private int number;
  private long since;

  /** One disk. */
  private static final class Disk {
    final DiskJob job;
    final String unfinished;

    /** Positions that this run has sent, in sessions that are over. */
    final BitSet sent = new BitSet();

    /** The index in the last checkpoint. */
    @Nullable FixedIndex before;

    /** In the session that is open, once it is needed. */
    ChunkDestination.@Nullable Lane lane;

    Disk(DiskJob job) {
      this.job = job;
      this.unfinished = ArchiveNames.unfinished(job.archive());
    }

    long size() {
      return job.disk().size();
    }
  }

  /**
   * Starts with the first session.
   *
   * @param backup what the upload is to become
   * @param times room for one checkpoint at least
   * @param last the checkpoint to go on from, or empty
   */
  CheckpointedUpload(
      BackupEnvironment environment,
      UploadSessions sessions,
      SnapshotKeys keys,
      SnapshotEnd end,
      Checkpoints checkpoints,
      Duration interval,
      Snapshot backup,
      String target,
      CheckpointTimes times,
      Optional<Snapshot> last,
      List<DiskJob> jobs)
      throws IOException {
    this.environment = environment;
    this.sessions = sessions;
    this.keys = keys;
    this.end = end;
    this.checkpoints = checkpoints;
    this.interval = interval;
    this.backup = backup;
    this.target = target;
    this.run = String.format("%016x", environment.random().nextLong());
    this.times = times;
    this.last = last.orElse(null);
    jobs.forEach(job -> disks.put(job.archive(), new Disk(job)));
    openSession();
  }

  @Override
  public ChunkDestination open(DiskJob job) throws IOException {
    Disk disk = disks.get(job.archive());
    if (disk == null) {
      throw new IllegalStateException(job.archive() + " was not planned");
    }
    laneOf(disk);
    return new ChunkDestination() {
      @Override
      public Lane lane() {
        return Objects.requireNonNull(disk.lane, job.archive());
      }

      @Override
      public boolean takesOver() {
        return false;
      }

      @Override
      public boolean isDue() {
        return CheckpointedUpload.this.isDue();
      }

      @Override
      public void renew() throws IOException {
        checkpoint();
        openSession();
        laneOf(disk);
      }

      @Override
      public ManifestFile close() throws IOException {
        IndexAppender index = lane().index();
        disk.sent.or(index.touched());
        int missing = disk.sent.nextClearBit(0);
        if (missing < Chunks.count(disk.size())) {
          throw new IllegalStateException(
              "chunk " + missing + " of " + job.archive() + " was not sent");
        }
        return new ManifestFile(
            job.archive(), keys.protection().mode(), disk.size(), index.checksum());
      }
    };
  }

  /** A session in which nothing was sent yet has nothing to be lost. */
  private boolean isDue() {
    return environment.ticker().nanos() - since >= interval(interval, checkpoints.kept()).toNanos()
        && known.uploads() > 0
        && times.hasNext();
  }

  /** How long a session takes when so many old checkpoints cannot be removed. */
  static Duration interval(Duration wanted, int kept) {
    return wanted.multipliedBy(1L << Math.min(MOST_DOUBLINGS, kept));
  }

  private ChunkDestination.Lane laneOf(Disk disk) throws IOException {
    ChunkDestination.Lane lane = disk.lane;
    if (lane == null) {
      BackupSession session = sessions.current().get();
      FixedIndex before = disk.before;
      if (before != null && before.size() == disk.size()) {
        FixedIndexWriter writer = session.reuseIndex(disk.unfinished, before);
        lane = new ChunkDestination.Lane(writer, IndexAppender.ofReused(writer, before), known);
      } else {
        FixedIndexWriter writer = session.createIndex(disk.unfinished, disk.size());
        lane = new ChunkDestination.Lane(writer, IndexAppender.ofNew(writer, disk.size()), known);
      }
      disk.lane = lane;
    }
    return lane;
  }

  // One session after the other.

  private void openSession() throws IOException {
    BackupSession session = sessions.next(times.next(), Optional.ofNullable(last));
    known = new KnownChunks();
    for (Disk disk : disks.values()) {
      FixedIndex index =
          number == 0
              ? ofEarlierRun(session, disk.unfinished)
              : ofThisRun(session, disk.unfinished);
      if (index != null) {
        known.addAll(index);
      }
      disk.before = index;
    }
    since = environment.ticker().nanos();
    checkpoints.forgetSome();
  }

  /** Whatever is wrong with it, it is only sent again. */
  private @Nullable FixedIndex ofEarlierRun(BackupSession session, String name) throws IOException {
    if (last == null) {
      return null;
    }
    try {
      return fetch(session, name);
    } catch (CorruptDataException
        | UnsupportedDataException
        | WrongKeyException
        | UnsignedManifestException
        | ForgedManifestException
        | PbsException e) {
      environment
          .progress()
          .note(name + " of " + last + " cannot be used and is sent again: " + e.getMessage());
      return null;
    }
  }

  private @Nullable FixedIndex ofThisRun(BackupSession session, String name) throws IOException {
    Digest expected = written.get(name);
    if (expected == null) {
      return null;
    }
    FixedIndex index = fetch(session, name);
    if (index == null || !index.checksum().equals(expected)) {
      throw new CorruptDataException(
          name + " of " + last,
          0,
          "expected what was written, found " + (index == null ? "nothing" : "another index"));
    }
    return index;
  }

  private @Nullable FixedIndex fetch(BackupSession session, String name) throws IOException {
    Optional<Manifest> manifest = session.previousManifest();
    boolean isThere =
        manifest
            .flatMap(one -> one.file(name))
            .filter(keys.protection()::namesChunksAs)
            .isPresent();
    return isThere ? session.previousIndex(manifest.orElseThrow(), name) : null;
  }

  private void checkpoint() throws IOException {
    BackupSession session = sessions.current().get();
    Snapshot checkpoint = session.snapshot();
    environment.progress().note("keeping what was sent so far as " + checkpoint);
    List<ManifestFile> files = new ArrayList<>();
    written.clear();
    for (Disk disk : disks.values()) {
      if (disk.lane != null || disk.before != null) {
        ManifestFile file = closeFor(disk);
        files.add(file);
        written.put(file.name(), file.checksum());
      }
    }
    number++;
    byte[] content =
        new CheckpointRecord(
                target, run, number, backup.time(), checkpoints.since(), checkpoints.now())
            .encode();
    files.add(session.uploadBlob(UnfinishedUpload.RECORD_NAME, content));
    if (keys.keyCopy().isPresent()) {
      files.add(session.uploadKeyCopy(keys.keyCopy().get()));
    }
    try {
      end.finish(
          sessions.current(),
          new Manifest(checkpoint, files, NOTES),
          UnfinishedUpload.RECORD_NAME,
          content);
    } catch (OutcomeUnknownException e) {
      // Only the end of a backup is in doubt for bitmaps; no bitmap is relative to a checkpoint.
      throw new FinishLostException(
          "no checkpoint of the first upload: " + e.getMessage(),
          "Look at the network and at the server's task log, then start the backup again: it goes on"
              + " from the last checkpoint that the server has.",
          e);
    }
    checkpoints.wrote(checkpoint);
    if (last != null) {
      checkpoints.supersede(last);
    }
    last = checkpoint;
  }

  private ManifestFile closeFor(Disk disk) throws IOException {
    ChunkDestination.Lane lane = laneOf(disk);
    disk.sent.or(lane.index().touched());
    if (!lane.index().isReused()) {
      fill(disk, lane);
    }
    ManifestFile file = lane.index().close();
    disk.lane = null;
    disk.before = null;
    return file;
  }

  /** Positions that nothing was sent for: what an earlier run had there, or zeros. */
  private void fill(Disk disk, ChunkDestination.Lane lane) throws IOException {
    int count = Chunks.count(disk.size());
    for (int i = disk.sent.nextClearBit(0); i < count; i = disk.sent.nextClearBit(i + 1)) {
      int length = Chunks.length(disk.size(), i);
      FixedIndex before = disk.before;
      boolean had =
          before != null && i < before.chunkCount() && Chunks.length(before.size(), i) == length;
      if (before != null && had) {
        lane.index().set(i, before.digest(i));
      } else {
        lane.index().set(i, zeros(length, lane));
      }
    }
  }

  private Digest zeros(int length, ChunkDestination.Lane lane) throws IOException {
    ChunkSealer sealer = keys.protection().sealer();
    Digest digest = sealer.names().ofZeros(length);
    if (lane.known().claim(digest, () -> {}) == Claim.UPLOAD) {
      byte[] blob = sealer.sealZeros(length);
      lane.writer().uploadChunk(digest, length, blob, blob.length);
      lane.known().uploaded(digest);
    }
    return digest;
  }

  // The end.

  @Override
  public List<ManifestFile> complete(List<ManifestFile> files) throws IOException {
    checkpoint();
    BackupSession session = sessions.next(backup, Optional.ofNullable(last));
    for (ManifestFile file : files) {
      String unfinished = ArchiveNames.unfinished(file.name());
      FixedIndex index = ofThisRun(session, unfinished);
      if (index == null || !index.checksum().equals(file.checksum())) {
        throw new IllegalStateException(unfinished + " of " + last + " is not complete");
      }
      ManifestFile archive = write(session, file.name(), index);
      if (!archive.equals(file)) {
        throw new IllegalStateException("expected " + file + ", wrote " + archive);
      }
    }
    return files;
  }

  private static ManifestFile write(BackupSession session, String name, FixedIndex index)
      throws IOException {
    FixedIndexWriter writer = session.createIndex(name, index.size());
    List<IndexEntry> batch = new ArrayList<>();
    for (int i = 0; i < index.chunkCount(); i++) {
      batch.add(new IndexEntry(Chunks.start(i), index.digest(i)));
      if (batch.size() == FixedIndexWriter.MAX_APPEND || i == index.chunkCount() - 1) {
        writer.append(batch);
        batch = new ArrayList<>();
      }
    }
    return writer.close(index.checksum());
  }
}
