package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.chunker.UnsupportedDataException;
import org.qmpbs.client.backup.PreviousBackup.IndexState;
import org.qmpbs.client.backup.PreviousBackup.IndexState.Parsed;
import org.qmpbs.client.backup.PreviousBackup.IndexState.Unreadable;
import org.qmpbs.client.lookup.UnfinishedUpload;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.pbs.ForgedManifestException;
import org.qmpbs.pbs.HasRemedy;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.ManifestFile;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.Protection;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.UnsignedManifestException;
import org.qmpbs.pbs.WrongKeyException;

/**
 * Looks up what the server has of the last snapshot. Damage and refusals there are notes, because a
 * full read is always right; only a lost connection is an error.
 */
final class PreviousBackupReader {
  private final PreviousSource source;
  private final Progress progress;
  private final Protection protection;

  /**
   * @param protection what the source was opened with
   */
  PreviousBackupReader(PreviousSource source, Progress progress, Protection protection) {
    this.source = source;
    this.progress = progress;
    this.protection = protection;
  }

  /**
   * Reads manifest, record and the indexes of {@code archives}.
   *
   * @param newest the newest finished snapshot of the group, whether usable or not
   * @param archives names with {@code .fidx}
   */
  PreviousBackup read(Optional<Snapshot> newest, List<String> archives) throws IOException {
    Optional<Snapshot> snapshot = source.snapshot();
    if (snapshot.isEmpty()) {
      return newest.isEmpty()
          ? new PreviousBackup.None()
          : new PreviousBackup.Unusable(
              "the server does not build on the last snapshot, "
                  + newest.get()
                  + "; its verification failed or it is incomplete");
    }
    Optional<Manifest> manifest;
    try {
      manifest = source.manifest();
    } catch (WrongKeyException e) {
      return unvouched(snapshot.get(), FullReadReason.KEY_CHANGED, e);
    } catch (UnsignedManifestException | ForgedManifestException e) {
      progress.warn(
          "snapshot "
              + snapshot.get()
              + ": "
              + e.getMessage()
              + "; nothing of it is used. "
              + ((HasRemedy) e).remedy());
      return unvouched(snapshot.get(), FullReadReason.SIGNATURE_BROKEN, e);
    } catch (CorruptDataException | UnsupportedDataException | PbsException e) {
      return damaged(snapshot.get(), "manifest", e, Map.of());
    }
    if (manifest.isEmpty()) {
      return new PreviousBackup.Unusable(
          "the server has no usable manifest of the last snapshot, " + snapshot.get());
    }
    if (UnfinishedUpload.is(manifest.get())) {
      return readCheckpoint(snapshot.get(), manifest.get(), archives);
    }
    return read(snapshot.get(), manifest.get(), readIndexes(manifest.get(), archives));
  }

  private PreviousBackup read(Snapshot snapshot, Manifest manifest, Map<String, IndexState> indexes)
      throws IOException {
    if (!manifest.snapshot().equals(snapshot)) {
      return new PreviousBackup.Damaged(
          snapshot,
          "the manifest of snapshot " + snapshot + " says it is " + manifest.snapshot(),
          indexes);
    }
    if (manifest.file(SnapshotRecord.FILE_NAME).isEmpty()) {
      return new PreviousBackup.Foreign(
          snapshot, "snapshot " + snapshot + " was not made by this program", indexes);
    }
    try {
      byte[] content = source.blob(manifest, SnapshotRecord.FILE_NAME);
      return new PreviousBackup.Recorded(manifest, SnapshotRecordCodec.decode(content), indexes);
    } catch (UnsupportedDataException e) {
      return new PreviousBackup.Foreign(
          snapshot, "snapshot " + snapshot + ": " + e.getMessage(), indexes);
    } catch (WrongKeyException e) {
      return unvouched(snapshot, FullReadReason.CRYPT_MODE_CHANGED, e);
    } catch (CorruptDataException | PbsException e) {
      return damaged(snapshot, "record", e, indexes);
    }
  }

  private PreviousBackup unvouched(Snapshot snapshot, FullReadReason reason, IOException cause) {
    return new PreviousBackup.Unvouched(
        snapshot,
        reason,
        "the last snapshot, "
            + snapshot
            + ", is of no use to this backup ("
            + protection
            + "): "
            + cause.getMessage());
  }

  /** Its record is not asked: nothing in it is relied on but that it is there. */
  private PreviousBackup readCheckpoint(Snapshot snapshot, Manifest manifest, List<String> archives)
      throws IOException {
    if (!manifest.files().stream().allMatch(protection::namesChunksAs)) {
      return new PreviousBackup.Unvouched(
          snapshot,
          FullReadReason.CRYPT_MODE_CHANGED,
          "checkpoint "
              + snapshot
              + " of an interrupted first upload has another crypt mode than this backup, "
              + protection);
    }
    Map<String, IndexState> indexes = new HashMap<>();
    for (String archive : archives) {
      String unfinished = ArchiveNames.unfinished(archive);
      IndexState state = readIndexes(manifest, List.of(unfinished)).get(unfinished);
      if (state != null) {
        indexes.put(archive, state);
      }
    }
    return new PreviousBackup.Checkpoint(snapshot, indexes);
  }

  private static PreviousBackup damaged(
      Snapshot snapshot, String what, IOException cause, Map<String, IndexState> indexes) {
    return new PreviousBackup.Damaged(
        snapshot,
        "the " + what + " of snapshot " + snapshot + " cannot be used: " + cause.getMessage(),
        indexes);
  }

  private Map<String, IndexState> readIndexes(Manifest manifest, List<String> archives)
      throws IOException {
    Map<String, IndexState> indexes = new HashMap<>();
    for (String archive : archives) {
      Optional<ManifestFile> file = manifest.file(archive);
      // The digests of an encrypted archive are keyed: they say nothing of plain ones.
      if (file.isPresent() && protection.namesChunksAs(file.get())) {
        indexes.put(archive, readIndex(manifest, archive));
      }
    }
    return indexes;
  }

  private IndexState readIndex(Manifest manifest, String archive) throws IOException {
    try {
      FixedIndex index = source.index(manifest, archive);
      return new Parsed(index);
    } catch (CorruptDataException | UnsupportedDataException | PbsException e) {
      progress.note(
          archive
              + " of snapshot "
              + manifest.snapshot()
              + " cannot be used, everything in it counts as unknown: "
              + e.getMessage());
      return new Unreadable(String.valueOf(e.getMessage()));
    }
  }
}
