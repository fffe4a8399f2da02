package org.qmpbs.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How long writes took as QEMU's devices count it, from the moment a device took a request until it
 * told the guest. The boundaries are 10 % apart, so that is how exact the numbers are.
 */
final class WriteHistogram {
  private static final double STEP = 1.1;
  private static final double FIRST_NANOS = 10_000;
  private static final double LAST_NANOS = 1e12;

  private final QemuMachine machine;
  private final List<Long> boundaries = new ArrayList<>();

  /** Starts counting. */
  WriteHistogram(QemuMachine machine) {
    this.machine = machine;
    for (double nanos = FIRST_NANOS; nanos < LAST_NANOS; nanos *= STEP) {
      boundaries.add((long) nanos);
    }
    for (MachineDisk disk : machine.disks()) {
      machine
          .monitor()
          .execute(
              "block-latency-histogram-set",
              Map.of("id", disk.qdev(), "boundaries-write", boundaries));
    }
  }

  /** Counts of all disks since the start. */
  long[] now() {
    long[] sum = new long[boundaries.size() + 1];
    for (JsonNode device : machine.monitor().execute("query-blockstats")) {
      JsonNode bins = device.at("/stats/wr_latency_histogram/bins");
      for (int i = 0; i < bins.size(); i++) {
        sum[i] += bins.get(i).asLong();
      }
    }
    return sum;
  }

  /** What came to {@code before}, as the upper ends of bins. */
  GuestWriter.Latency since(long[] before) {
    long[] bins = now();
    long writes = 0;
    for (int i = 0; i < bins.length; i++) {
      bins[i] -= before[i];
      writes += bins[i];
    }
    return new GuestWriter.Latency(
        writes,
        micros(bins, (writes + 1) / 2),
        micros(bins, (writes * 99 + 99) / 100),
        micros(bins, writes));
  }

  private long micros(long[] bins, long rank) {
    long seen = 0;
    for (int i = 0; i < boundaries.size(); i++) {
      seen += bins[i];
      if (seen >= rank) {
        return boundaries.get(i) / 1000;
      }
    }
    return (long) LAST_NANOS / 1000;
  }
}
