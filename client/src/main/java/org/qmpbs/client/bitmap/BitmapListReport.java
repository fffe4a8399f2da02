package org.qmpbs.client.bitmap;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qmpbs.client.output.Listing;
import org.qmpbs.client.output.Sizes;
import org.qmpbs.client.output.TextTable;

/**
 * What {@code qmpbs bitmap list} shows.
 *
 * @param place the image's file, or the machine's node
 * @param running whether {@code place} is a node of a running machine
 * @param rows in the order of the image or of QEMU
 */
public record BitmapListReport(String place, boolean running, List<BitmapRow> rows)
    implements Listing {
  /** Takes an immutable copy. */
  public BitmapListReport {
    rows = List.copyOf(rows);
  }

  @Override
  public List<String> text() {
    if (rows.isEmpty()) {
      return List.of("no bitmaps");
    }
    Staleness staleness = new Staleness(rows, running);
    TextTable table =
        new TextTable("BITMAP", "GRANULARITY", "STATE", "DIRTY", "OWNER", "WHAT IT IS");
    for (BitmapRow row : rows) {
      table.row(
          row.name(),
          Sizes.format(row.granularity()),
          row.state() + (row.persistent() ? "" : ", not stored"),
          row.inconsistent() ? "-" : Sizes.format(row.dirtyBytes()),
          row.owner().maker().label(),
          meaning(row, staleness));
    }
    return table.lines();
  }

  private static String meaning(BitmapRow row, Staleness staleness) {
    List<String> parts = new ArrayList<>();
    if (!row.owner().meaning().isEmpty()) {
      parts.add(row.owner().meaning());
    }
    staleness.reason(row).ifPresent(why -> parts.add("stale: " + why));
    return parts.isEmpty() ? "-" : String.join("; ", parts);
  }

  @Override
  public void describe(ObjectNode summary) {
    Staleness staleness = new Staleness(rows, running);
    summary.put(running ? "node" : "image", place);
    ArrayNode bitmaps = summary.putArray("bitmaps");
    for (BitmapRow row : rows) {
      Optional<String> stale = staleness.reason(row);
      ObjectNode node = bitmaps.addObject();
      node.put("name", row.name())
          .put("granularity", row.granularity())
          .put("state", row.state())
          .put("persistent", row.persistent());
      if (!row.inconsistent()) {
        node.put("bytes_dirty", row.dirtyBytes());
      }
      node.put("owner", row.owner().maker().id()).put("stale", stale.isPresent());
      stale.ifPresent(why -> node.put("stale_reason", why));
      row.owner()
          .epoch()
          .ifPresent(epoch -> node.put("target", epoch.target()).put("backup-time", epoch.time()));
      row.owner().run().ifPresent(run -> node.put("run", run));
    }
  }
}
