package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.qmpbs.client.benchmark.Measure;
import org.qmpbs.client.output.Listing;
import org.qmpbs.client.output.TextTable;

/**
 * What {@code qmpbs benchmark} shows.
 *
 * @param speeds bytes a second of what was measured
 */
record BenchmarkReport(Map<Measure, Double> speeds) implements Listing {
  private static final double MEGABYTE = 1e6;

  @Override
  public List<String> text() {
    TextTable table = new TextTable("WHAT", "SPEED", "OF A RYZEN 7 2700X");
    for (Measure measure : Measure.values()) {
      Double speed = speeds.get(measure);
      table.row(
          measure.title(),
          speed == null ? "not tested" : format("%.2f MB/s", speed / MEGABYTE),
          speed == null ? "-" : format("%.0f%%", speed * 100 / measure.reference()));
    }
    return table.lines();
  }

  private static String format(String pattern, double value) {
    return String.format(Locale.ROOT, pattern, value);
  }

  @Override
  public void describe(ObjectNode summary) {
    for (Measure measure : Measure.values()) {
      ObjectNode row = summary.putObject(measure.id());
      Double speed = speeds.get(measure);
      if (speed != null) {
        row.put("speed", speed);
      }
      row.put("top", measure.reference());
    }
  }
}
