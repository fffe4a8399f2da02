package org.qmpbs.client.bitmap;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qmpbs.client.backup.EpochName;

/**
 * Which bitmaps nobody will use any more. Of this program's own, a target needs one: an older one
 * beside it is what a killed backup left. (Which of the two is true, the server's last snapshot
 * says; the next backup asks it and removes the other.) An inconsistent one helps nobody, whoever
 * made it.
 */
final class Staleness {
  private final Map<String, Long> newest = new HashMap<>();
  private final boolean running;

  /**
   * Compares bitmaps with each other.
   *
   * @param running whether they are of a running machine, whose backup may be under way
   */
  Staleness(List<BitmapRow> rows, boolean running) {
    this.running = running;
    for (BitmapRow row : rows) {
      row.owner()
          .epoch()
          .filter(epoch -> !row.inconsistent())
          .ifPresent(epoch -> newest.merge(epoch.target(), epoch.time(), Math::max));
    }
  }

  /** Why it is of no use; empty if it may be of some. */
  Optional<String> reason(BitmapRow row) {
    if (row.inconsistent()) {
      return Optional.of("it was not saved when the image was last closed");
    }
    BitmapOwner owner = row.owner();
    if (owner.epoch().filter(this::isOlder).isPresent()) {
      return Optional.of(
          running
              ? "the target has a newer one, unless a backup runs"
              : "the target has a newer one");
    }
    if (owner.run().isPresent() && !row.busy()) {
      return Optional.of(running ? "unless that backup still runs" : "that backup is over");
    }
    return Optional.empty();
  }

  private boolean isOlder(EpochName epoch) {
    return epoch.time() < newest.getOrDefault(epoch.target(), epoch.time());
  }
}
