package org.qmpbs.client.backup;

import java.io.IOException;
import org.qmpbs.pbs.FixedIndexWriter;
import org.qmpbs.pbs.ManifestFile;

/** Where the chunks of one disk go. All methods are called by the thread that walks the disk. */
interface ChunkDestination {
  /**
   * What one session has for one disk.
   *
   * @param writer of the archive
   * @param index the archive's positions
   * @param known what the server knows in the session
   */
  record Lane(FixedIndexWriter writer, IndexAppender index, KnownChunks known) {}

  /** The way of now; it holds until {@link #renew}. */
  Lane lane();

  /** Whether positions that are not set keep what the previous backup had there. */
  boolean takesOver();

  /** Whether {@link #renew} should be called as soon as nothing is under way. */
  boolean isDue();

  /** Makes permanent what was sent, and goes on in another session. */
  void renew() throws IOException;

  /**
   * Ends the disk, when every chunk of it was sent.
   *
   * @return the entry that its archive has, or will have, in the backup's manifest
   */
  ManifestFile close() throws IOException;

  /** An archive that is written in one session, from its beginning to its end. */
  static ChunkDestination ofOneSession(Lane lane) {
    return new ChunkDestination() {
      @Override
      public Lane lane() {
        return lane;
      }

      @Override
      public boolean takesOver() {
        return lane.index().isReused();
      }

      @Override
      public boolean isDue() {
        return false;
      }

      @Override
      public void renew() {
        throw new IllegalStateException("there is one session");
      }

      @Override
      public ManifestFile close() throws IOException {
        return lane.index().close();
      }
    };
  }
}
