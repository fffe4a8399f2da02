package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qmpbs.qmp.Monitor;

/**
 * What QEMU has counted of a disk's writes since it started. A write counts when it has ended, so
 * one that still waits is not in it: that a guest waits can be seen only after its waiting.
 *
 * @param operations that have ended
 * @param total time that they took together, from the guest's request to its answer
 */
public record GuestWrites(long operations, Duration total) {

  /** By the disks' names; a disk that QEMU says nothing of is left out. Drains nothing. */
  static Map<String, GuestWrites> query(Monitor monitor, List<Disk> disks) throws IOException {
    JsonNode all = monitor.execute("query-blockstats");
    Map<String, GuestWrites> found = new LinkedHashMap<>();
    for (Disk disk : disks) {
      for (JsonNode each : all) {
        if (isOf(disk, each)) {
          JsonNode stats = each.path("stats");
          found.put(
              disk.name(),
              new GuestWrites(
                  stats.path("wr_operations").asLong(),
                  Duration.ofNanos(stats.path("wr_total_time_ns").asLong())));
        }
      }
    }
    return found;
  }

  private static boolean isOf(Disk disk, JsonNode stats) {
    String path = new BlockGraph.Drive("", Json.text(stats, "qdev"), null, false).qdevPath();
    return path == null
        ? !disk.device().isEmpty() && disk.device().equals(Json.text(stats, "device"))
        : path.equals(disk.qdevPath());
  }

  /**
   * How long a write took in the mean since {@code earlier}; zero if none has ended, or if QEMU
   * counts from the start again.
   */
  public Duration meanSince(GuestWrites earlier) {
    long more = operations - earlier.operations;
    Duration time = total.minus(earlier.total);
    return more <= 0 || time.isNegative() ? Duration.ZERO : time.dividedBy(more);
  }
}
