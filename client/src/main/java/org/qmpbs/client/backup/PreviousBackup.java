package org.qmpbs.client.backup;

import java.util.Map;
import java.util.Optional;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.Snapshot;

/**
 * What the server has of this group's last snapshot, as far as the next backup may use it. Each
 * case that is not {@link Recorded} leads to a full read of every disk.
 */
sealed interface PreviousBackup {

  /** The snapshot that is built upon, or empty. */
  default Optional<Snapshot> snapshot() {
    return Optional.empty();
  }

  /** The indexes that were looked for, sound or not, by archive. */
  default Map<String, IndexState> indexes() {
    return Map.of();
  }

  /** The index of {@code archive} if it was read, sound or not. */
  default Optional<IndexState> index(String archive) {
    return Optional.ofNullable(indexes().get(archive));
  }

  /** The group has no snapshot. */
  record None() implements PreviousBackup {}

  /**
   * The group has snapshots, but the server does not build on any of them.
   *
   * @param detail one line for people
   */
  record Unusable(String detail) implements PreviousBackup {}

  /**
   * Its manifest, or its record, is damaged.
   *
   * @param of the snapshot
   * @param detail one line for people
   * @param indexes by archive, as far as they could be read; they still tell known chunks
   */
  record Damaged(Snapshot of, String detail, Map<String, IndexState> indexes)
      implements PreviousBackup {
    public Damaged {
      indexes = Map.copyOf(indexes);
    }

    @Override
    public Optional<Snapshot> snapshot() {
      return Optional.of(of);
    }
  }

  /**
   * The key at hand does not vouch for it, because another one made it, or its signature is wrong.
   * Nothing of it is used.
   *
   * @param of the snapshot
   * @param reason what is wrong
   * @param detail one line for people
   */
  record Unvouched(Snapshot of, FullReadReason reason, String detail) implements PreviousBackup {
    @Override
    public Optional<Snapshot> snapshot() {
      return Optional.of(of);
    }
  }

  /**
   * It is a checkpoint of a first upload: no backup, and no bitmap is relative to it, but its
   * chunks are there.
   *
   * @param of the checkpoint
   * @param indexes by the name that the archive will have when it is complete
   */
  record Checkpoint(Snapshot of, Map<String, IndexState> indexes) implements PreviousBackup {
    public Checkpoint {
      indexes = Map.copyOf(indexes);
    }

    @Override
    public Optional<Snapshot> snapshot() {
      return Optional.of(of);
    }
  }

  /**
   * It has no record that this program could use: another program, a newer version, or another
   * target made it.
   *
   * @param of the snapshot
   * @param detail one line for people
   * @param indexes by archive; they still tell known chunks
   */
  record Foreign(Snapshot of, String detail, Map<String, IndexState> indexes)
      implements PreviousBackup {
    public Foreign {
      indexes = Map.copyOf(indexes);
    }

    @Override
    public Optional<Snapshot> snapshot() {
      return Optional.of(of);
    }
  }

  /**
   * It was made by this program for this group, and its manifest and record are sound.
   *
   * @param manifest the snapshot's
   * @param description what it says of its bitmaps
   * @param indexes by archive
   */
  record Recorded(Manifest manifest, SnapshotRecord description, Map<String, IndexState> indexes)
      implements PreviousBackup {
    public Recorded {
      indexes = Map.copyOf(indexes);
    }

    @Override
    public Optional<Snapshot> snapshot() {
      return Optional.of(manifest.snapshot());
    }
  }

  /** An index of the snapshot. */
  sealed interface IndexState {
    /**
     * It could be read and parsed.
     *
     * @param index the index
     */
    record Parsed(FixedIndex index) implements IndexState {}

    /**
     * It could not.
     *
     * @param why one line for people
     */
    record Unreadable(String why) implements IndexState {}
  }
}
