package org.qmpbs.machine;

import java.nio.file.Path;
import java.util.List;

/**
 * What earlier runs left in QEMU. It belongs to a dead run only if no such run is alive, which the
 * caller knows from its lock. Epoch bitmaps on the disks are not left over; they are there to stay.
 *
 * @param runs ids of the runs, sorted, each once
 * @param exports ids
 * @param jobs ids
 * @param nodes node names
 * @param scratchFiles files that those nodes keep open, to be deleted after {@link Machine#sweep}
 * @param pauseInterrupted a run was about to pause the machine for a moment, or has paused it
 */
public record Leftovers(
    List<String> runs,
    List<String> exports,
    List<String> jobs,
    List<String> nodes,
    List<Path> scratchFiles,
    boolean pauseInterrupted) {

  /** Keeps copies. */
  public Leftovers {
    runs = List.copyOf(runs);
    exports = List.copyOf(exports);
    jobs = List.copyOf(jobs);
    nodes = List.copyOf(nodes);
    scratchFiles = List.copyOf(scratchFiles);
  }

  /** Whether there is nothing. */
  public boolean isEmpty() {
    return runs.isEmpty();
  }
}
