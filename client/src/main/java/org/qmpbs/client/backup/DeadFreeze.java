package org.qmpbs.client.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.qmpbs.agent.Thawing;

/**
 * Settles the freeze that the directory of a dead run may tell of. What is frozen then is that
 * run's: it had looked that nothing was before it wrote the record. (Somebody who began to freeze
 * between its death and now is taken for it; the guard process leaves seconds for that.)
 */
final class DeadFreeze {
  /**
   * Longer than the guard process of the dead run may be connected to the agent for one attempt.
   */
  static final Duration PATIENCE = Duration.ofSeconds(15);

  private DeadFreeze() {}

  /**
   * Thaws if the run has left something frozen, and deletes the record once that is settled.
   *
   * @param directory whose lock the caller holds
   * @return whether nothing of the run is frozen any more
   */
  static boolean settle(Path directory, Duration patience, CleanUpLog log) {
    try {
      Optional<FreezeRecord> record = FreezeRecord.read(directory);
      if (record.isPresent()) {
        Path socket = record.get().agentSocket();
        if (Thawing.of(socket, patience) == Thawing.Result.THAWED) {
          log.removed(
              "thawed the guest's file systems, which an earlier run left frozen (agent "
                  + socket
                  + ")");
        }
      }
      Files.deleteIfExists(FreezeRecord.in(directory));
      return true;
    } catch (IOException e) {
      log.stillFrozen(
          "an earlier run may have left the guest's file systems frozen, as "
              + FreezeRecord.in(directory)
              + " says, and they cannot be thawed: "
              + e.getMessage());
      return false;
    }
  }
}
