package org.qmpbs.client.lookup;

import java.util.Optional;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.Snapshot;

/**
 * What a user may type where a snapshot is wanted: {@code type/id/time}, or {@code type/id} for the
 * newest one.
 *
 * @param group type and id
 * @param snapshot the exact one, or empty for the newest
 */
public record SnapshotPath(BackupGroup group, Optional<Snapshot> snapshot) {
  /**
   * Parses either form.
   *
   * @throws IllegalArgumentException if the text is neither
   */
  public static SnapshotPath parse(String text) {
    long slashes = text.chars().filter(c -> c == '/').count();
    if (slashes == 1) {
      return new SnapshotPath(BackupGroup.parse(text), Optional.empty());
    }
    if (slashes == 2) {
      Snapshot snapshot = Snapshot.parse(text);
      return new SnapshotPath(snapshot.group(), Optional.of(snapshot));
    }
    throw new IllegalArgumentException(
        "'" + text + "' is neither a snapshot (vm/100/2025-12-02T12:12:24Z) nor a group (vm/100)");
  }

  @Override
  public String toString() {
    return snapshot.map(Snapshot::toString).orElseGet(group::toString);
  }
}
