package org.qmpbs.e2e;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** How the guest's writes fared, phase by phase, next to the first phase. */
final class LatencyTable {
  private final QemuMachine machine;
  private final GuestWriter writer;
  private final WriteHistogram histogram;
  private final List<Row> rows = new ArrayList<>();

  LatencyTable(QemuMachine machine, GuestWriter writer) {
    this.machine = machine;
    this.writer = writer;
    histogram = new WriteHistogram(machine);
  }

  private record Row(
      String phase, GuestWriter.Latency guest, GuestWriter.Latency device, double pausedMillis) {}

  /** Does something and takes down how the guest's writes fared meanwhile. */
  <T> T phase(String name, Supplier<T> work) {
    machine.monitor().drainEvents();
    long[] before = histogram.now();
    long from = writer.last();
    T result = work.get();
    GuestWriter.Latency guest = writer.latency(from + 1, writer.last());
    double pause = Pauses.longest(machine.monitor().drainEvents());
    rows.add(new Row(name, guest, histogram.since(before), pause));
    return result;
  }

  /** Prints Markdown; times are milliseconds. */
  void print(PrintStream out) {
    out.println(
        "| phase | writes | p50 | p99 | max | p99 to idle | device: p99 | max | longest pause |");
    out.println("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
    double idle = rows.isEmpty() ? 0 : rows.get(0).guest().p99();
    for (Row row : rows) {
      out.println(
          String.format(
              Locale.ROOT,
              "| %s | %d | %.2f | %.2f | %.1f | %.1f | %.2f | %.1f | %.1f |",
              row.phase(),
              row.guest().writes(),
              row.guest().median() / 1e3,
              row.guest().p99() / 1e3,
              row.guest().max() / 1e3,
              row.guest().p99() / idle,
              row.device().p99() / 1e3,
              row.device().max() / 1e3,
              row.pausedMillis()));
    }
    out.flush();
  }
}
