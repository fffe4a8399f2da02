package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.diff.ArchiveDiff;
import org.qmpbs.client.diff.DiffResult;
import org.qmpbs.client.output.Listing;
import org.qmpbs.client.output.Sizes;
import org.qmpbs.client.output.TextTable;
import org.qmpbs.client.read.ByteRange;

/** What {@code qmpbs diff} shows. */
record DiffReport(DiffResult result, boolean withRanges) implements Listing {
  @Override
  public List<String> text() {
    TextTable table = new TextTable("ARCHIVE", "STATE", "SIZE", "CHANGED", "RANGES");
    for (ArchiveDiff diff : result.archives()) {
      boolean image = !diff.ranges().isEmpty();
      table.row(
          diff.archive(),
          Names.of(diff.state()).replace('-', ' '),
          sizes(diff),
          image ? Sizes.format(diff.bytes()) : "-",
          image ? Integer.toString(diff.ranges().size()) : "-");
    }
    List<String> lines = new ArrayList<>(table.lines());
    if (withRanges) {
      result.archives().forEach(diff -> lines.addAll(ranges(diff)));
    }
    return lines;
  }

  private static String sizes(ArchiveDiff diff) {
    if (diff.firstSize().equals(diff.secondSize())) {
      return size(diff.firstSize());
    }
    return size(diff.firstSize()) + " -> " + size(diff.secondSize());
  }

  private static String size(OptionalLong bytes) {
    return bytes.isPresent() ? Sizes.format(bytes.getAsLong()) : "none";
  }

  private static List<String> ranges(ArchiveDiff diff) {
    if (diff.ranges().isEmpty()) {
      return List.of();
    }
    TextTable table = new TextTable("OFFSET", "LENGTH");
    for (ByteRange range : diff.ranges()) {
      table.row(Long.toString(range.offset()), Long.toString(range.length()));
    }
    List<String> lines = new ArrayList<>(List.of("", diff.archive()));
    lines.addAll(table.lines());
    return lines;
  }

  @Override
  public void describe(ObjectNode summary) {
    summary.put("first", result.first().toString()).put("second", result.second().toString());
    ArrayNode archives = summary.putArray("archives");
    for (ArchiveDiff diff : result.archives()) {
      ObjectNode row =
          archives
              .addObject()
              .put("archive", diff.archive())
              .put("state", Names.of(diff.state()))
              .put("bytes_first", boxed(diff.firstSize()))
              .put("bytes_second", boxed(diff.secondSize()))
              .put("bytes_changed", diff.bytes());
      Rows.ranges(row.putArray("ranges"), diff.ranges());
    }
  }

  private static @Nullable Long boxed(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }
}
