package org.qmpbs.client.diff;

import java.util.List;
import org.qmpbs.pbs.Snapshot;

/**
 * What a comparison found.
 *
 * @param first the one
 * @param second the other
 * @param archives in the order of the first manifest, then those that only the second has
 */
public record DiffResult(Snapshot first, Snapshot second, List<ArchiveDiff> archives) {
  /** Keeps a copy of the list. */
  public DiffResult {
    archives = List.copyOf(archives);
  }
}
