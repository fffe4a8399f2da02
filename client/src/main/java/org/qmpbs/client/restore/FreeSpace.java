package org.qmpbs.client.restore;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.qmpbs.client.output.Sizes;
import org.qmpbs.client.progress.Progress;

/**
 * Warns when the images will hardly fit. A warning only: compression, quotas and thin pools make
 * every such sum an estimate, and a restore that runs out of room leaves nothing behind anyway.
 */
final class FreeSpace {
  private FreeSpace() {}

  static void check(List<ArchivePlan> plans, Progress progress) throws IOException {
    Map<Path, Long> needed = new HashMap<>();
    for (ArchivePlan plan : plans) {
      if (plan.destination() instanceof Destination.ToFile file) {
        needed.merge(file.path().getParent(), plan.dataBytes(), Long::sum);
      }
    }
    for (Map.Entry<Path, Long> entry : needed.entrySet()) {
      FileStore store = Files.getFileStore(entry.getKey());
      long free = store.getUsableSpace();
      if (free < entry.getValue()) {
        progress.warn(
            "the images may not fit: about "
                + Sizes.format(entry.getValue())
                + " will be written, "
                + entry.getKey()
                + " has "
                + Sizes.format(free)
                + " free");
      }
    }
  }
}
