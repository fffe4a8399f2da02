package org.qmpbs.client.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.qmpbs.chunker.ChunkOpener;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.read.DamagedArchiveException.Kind;
import org.qmpbs.client.read.JobStop;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.ManifestFile;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.ReadKey;
import org.qmpbs.pbs.ReaderSession;
import org.qmpbs.pbs.ServerProblem;

/**
 * Reads the indexes and the small files of a snapshot; the session compares each with the manifest.
 * One that is damaged costs its own archive only.
 */
final class SnapshotFiles {
  private static final String INDEX = ".fidx";
  private static final String BLOB = ".blob";
  private static final int BAD_REQUEST = 400;

  private final ReaderSession session;
  private final ReadKey key;
  private final DamageLog damage;
  private final JobStop stop;
  private final List<Inventory.Image> images = new ArrayList<>();
  private final List<String> good = new ArrayList<>();
  private final List<String> skipped = new ArrayList<>();

  SnapshotFiles(ReaderSession session, ReadKey key, DamageLog damage, JobStop stop) {
    this.session = session;
    this.key = key;
    this.damage = damage;
    this.stop = stop;
  }

  void read(Manifest manifest, Progress progress) throws IOException {
    for (ManifestFile file : manifest.files()) {
      stop.check();
      String name = file.name();
      if (!name.endsWith(INDEX) && !name.endsWith(BLOB)) {
        skipped.add(name);
        progress.warn(
            "archive "
                + name
                + " is neither an image nor a blob and is not verified; proxmox-backup-client made"
                + " it, and the server can verify it: --on-server");
        continue;
      }
      try {
        if (name.endsWith(INDEX)) {
          ChunkOpener opener = key.opener(manifest, file);
          images.add(new Inventory.Image(name, session.index(manifest, name), opener));
        } else {
          session.blob(manifest, name);
        }
        good.add(name);
      } catch (CorruptDataException e) {
        damage.addFile(name, Kind.CORRUPT, String.valueOf(e.getMessage()));
      } catch (PbsException e) {
        damage.addFile(name, kind(e), "the server cannot read it: " + e.serverText());
      }
    }
  }

  /** The session is open and the manifest names the file, so only reading it can have failed. */
  private static Kind kind(PbsException refusal) throws PbsException {
    if (refusal.problem() == ServerProblem.NOT_FOUND) {
      return Kind.MISSING;
    }
    if (refusal.status() == BAD_REQUEST) {
      return Kind.UNREADABLE;
    }
    throw refusal;
  }

  List<Inventory.Image> images() {
    return images;
  }

  List<String> good() {
    return good;
  }

  List<String> skipped() {
    return skipped;
  }
}
