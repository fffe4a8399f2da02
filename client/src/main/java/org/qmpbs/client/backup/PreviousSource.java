package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.Optional;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.pbs.BackupSession;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.ReaderSession;
import org.qmpbs.pbs.Snapshot;

/** The last snapshot, seen through the backup session, or through a reader for a dry run. */
interface PreviousSource {
  /** The snapshot to build on, or empty. */
  Optional<Snapshot> snapshot() throws IOException;

  /** Its manifest, or empty if the server has none. */
  Optional<Manifest> manifest() throws IOException;

  /** The plain content of a blob. */
  byte[] blob(Manifest manifest, String name) throws IOException;

  /** An index; in a backup session its chunks are known to the server from then on. */
  FixedIndex index(Manifest manifest, String name) throws IOException;

  /** Through a backup session. */
  static PreviousSource of(BackupSession session) {
    return new PreviousSource() {
      @Override
      public Optional<Snapshot> snapshot() throws IOException {
        return session.previous();
      }

      @Override
      public Optional<Manifest> manifest() throws IOException {
        return session.previousManifest();
      }

      @Override
      public byte[] blob(Manifest manifest, String name) throws IOException {
        return session.previousBlob(manifest, name);
      }

      @Override
      public FixedIndex index(Manifest manifest, String name) throws IOException {
        return session.previousIndex(manifest, name);
      }
    };
  }

  /** Through a reader of that snapshot. */
  static PreviousSource of(ReaderSession reader) {
    return new PreviousSource() {
      @Override
      public Optional<Snapshot> snapshot() {
        return Optional.of(reader.snapshot());
      }

      @Override
      public Optional<Manifest> manifest() throws IOException {
        return Optional.of(reader.manifest());
      }

      @Override
      public byte[] blob(Manifest manifest, String name) throws IOException {
        return reader.blob(manifest, name);
      }

      @Override
      public FixedIndex index(Manifest manifest, String name) throws IOException {
        return reader.index(manifest, name);
      }
    };
  }
}
