package org.qmpbs.client.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qmpbs.chunker.Digest;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.read.JobStop;
import org.qmpbs.client.read.PatientReader;
import org.qmpbs.client.read.Patiently;
import org.qmpbs.client.read.SnapshotOpener;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.ManifestFile;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.ReadKey;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.SnapshotInfo;

/**
 * Finds the other snapshots of the group that share a damaged chunk, from their indexes. This is a
 * help for people only: signatures are not proven for it, and what cannot be looked at is told and
 * left out.
 */
final class SharedDamage {
  private final PbsServer server;
  private final Namespace namespace;
  private final Patiently patiently;
  private final DamageLog damage;
  private final JobStop stop;
  private final Map<Digest, Boolean> known = new HashMap<>();

  SharedDamage(
      PbsServer server, Namespace namespace, Patiently patiently, DamageLog damage, JobStop stop) {
    this.server = server;
    this.namespace = namespace;
    this.patiently = patiently;
    this.damage = damage;
    this.stop = stop;
  }

  /** Oldest first, without {@code verified} itself. */
  List<Snapshot> find(Snapshot verified, Progress progress) throws IOException {
    List<Snapshot> sharing = new ArrayList<>();
    List<SnapshotInfo> listed =
        patiently.call(() -> server.snapshots(namespace, Optional.of(verified.group())));
    for (SnapshotInfo info : listed) {
      Snapshot other = info.snapshot();
      if (other.equals(verified) || info.file(Manifest.NAME).isEmpty()) {
        continue;
      }
      stop.check();
      try {
        if (isShared(other)) {
          sharing.add(other);
        }
      } catch (IOException e) {
        stop.check();
        progress.warn("whether " + other + " shares the damage cannot be said: " + e.getMessage());
      }
    }
    return sharing;
  }

  private boolean isShared(Snapshot other) throws IOException {
    SnapshotOpener snapshots = new SnapshotOpener(server, namespace, ReadKey.NONE, patiently, stop);
    try (PatientReader session = snapshots.open(other)) {
      Manifest manifest = session.manifest();
      boolean shared = false;
      for (ManifestFile file : manifest.files()) {
        if (file.name().endsWith(".fidx")) {
          shared |= isShared(session, manifest, file);
        }
      }
      return shared;
    }
  }

  /** Disks that do not change have the same index in many snapshots. */
  private boolean isShared(PatientReader session, Manifest manifest, ManifestFile file)
      throws IOException {
    Boolean answer = known.get(file.checksum());
    if (answer == null) {
      answer = damage.isIn(session.index(manifest, file.name()));
      known.put(file.checksum(), answer);
    }
    return answer;
  }
}
