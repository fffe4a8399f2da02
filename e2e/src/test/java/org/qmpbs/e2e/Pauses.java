package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How long a machine stood still. Its guest cannot tell, its clock stands, too. */
final class Pauses {
  /**
   * A backup that is killed while it has the machine stopped leaves it to the guard, a process that
   * needs some time on a busy host.
   */
  private static final long GUARD_SECONDS = 30;

  private Pauses() {}

  /** The longest time between a stop and the next continuation, in milliseconds. */
  static double longest(List<JsonNode> events) {
    double longest = 0;
    double stopped = 0;
    for (JsonNode event : events) {
      double millis =
          event.at("/timestamp/seconds").asLong() * 1e3
              + event.at("/timestamp/microseconds").asLong() / 1e3;
      switch (event.get("event").asText()) {
        case "STOP" -> stopped = millis;
        // A machine that has just been started stood from the beginning.
        case "RESUME" -> longest = stopped == 0 ? longest : Math.max(longest, millis - stopped);
        default -> {
          // Of jobs and exports.
        }
      }
    }
    return longest;
  }

  /** The machine runs, at once or when the guard of a killed backup has let it continue. */
  static void awaitRunning(QemuMachine machine) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(GUARD_SECONDS);
    String status = status(machine);
    while (status.equals("paused") && System.nanoTime() < deadline) {
      try {
        TimeUnit.MILLISECONDS.sleep(5);
      } catch (InterruptedException interrupt) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", interrupt);
      }
      status = status(machine);
    }
    assertThat(status).isEqualTo("running");
  }

  private static String status(QemuMachine machine) {
    return machine.monitor().execute("query-status").get("status").asText();
  }
}
