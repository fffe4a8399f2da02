package org.qmpbs.client.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A freeze that a run has begun, and of whose end there is no record.
 *
 * @param run its id
 * @param agentSocket of the guest
 * @param alive whether that run goes on; else the next one, or {@code recover}, thaws
 */
public record LeftFreeze(String run, Path agentSocket, boolean alive) {
  /**
   * Those that runs with this scratch directory have left; changes nothing.
   *
   * @param scratchDirectory as for backups, or null for the default
   */
  public static List<LeftFreeze> in(@Nullable Path scratchDirectory) throws IOException {
    Path parent = scratchDirectory == null ? RunDirectory.DEFAULT_PARENT : scratchDirectory;
    List<LeftFreeze> left = new ArrayList<>();
    List<String> troubles = new ArrayList<>();
    for (Path directory : DeadRuns.candidates(parent, new Troubles(troubles))) {
      Optional<FreezeRecord> record = FreezeRecord.read(directory);
      if (record.isPresent()) {
        String run = directory.getFileName().toString().substring(RunDirectory.PREFIX.length());
        left.add(new LeftFreeze(run, record.get().agentSocket(), DeadRuns.isLocked(directory)));
      }
    }
    if (!troubles.isEmpty()) {
      throw new IOException(troubles.get(0));
    }
    return left;
  }

  private record Troubles(List<String> lines) implements CleanUpLog {
    @Override
    public void removed(String line) {
      throw new IllegalStateException(line);
    }

    @Override
    public void left(String line) {
      lines.add(line);
    }
  }
}
