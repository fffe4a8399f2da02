package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.List;
import org.qmpbs.client.backup.PreviousBackup.IndexState.Parsed;
import org.qmpbs.pbs.BackupSession;
import org.qmpbs.pbs.FixedIndexWriter;
import org.qmpbs.pbs.ManifestFile;

/** The way of all disks of one point in time to the server. */
interface Upload {
  /** Begins a disk; one at a time. */
  ChunkDestination open(DiskJob job) throws IOException;

  /**
   * Puts all archives into the session that ends the backup, which is the current one from then on.
   *
   * @param files what {@link ChunkDestination#close} gave for each disk
   * @return their entries in the manifest
   */
  List<ManifestFile> complete(List<ManifestFile> files) throws IOException;

  /** Everything in the one session that is open already. */
  static Upload inOneSession(BackupSession session, PreviousBackup previous, List<DiskJob> jobs) {
    KnownChunks known = new KnownChunks();
    for (DiskJob job : jobs) {
      previous
          .index(job.archive())
          .ifPresent(
              state -> {
                if (state instanceof Parsed parsed) {
                  known.addAll(parsed.index());
                }
              });
    }
    return new Upload() {
      @Override
      public ChunkDestination open(DiskJob job) throws IOException {
        FixedIndexWriter writer;
        IndexAppender index;
        if (job.base().isPresent()) {
          writer = session.reuseIndex(job.archive(), job.base().get());
          index = IndexAppender.ofReused(writer, job.base().get());
        } else {
          writer = session.createIndex(job.archive(), job.disk().size());
          index = IndexAppender.ofNew(writer, job.disk().size());
        }
        return ChunkDestination.ofOneSession(new ChunkDestination.Lane(writer, index, known));
      }

      @Override
      public List<ManifestFile> complete(List<ManifestFile> files) {
        return files;
      }
    };
  }
}
