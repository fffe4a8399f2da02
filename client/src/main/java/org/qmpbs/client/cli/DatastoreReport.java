package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.qmpbs.client.output.Listing;
import org.qmpbs.client.output.Sizes;
import org.qmpbs.pbs.DatastoreStatus;
import org.qmpbs.pbs.DatastoreUsage;
import org.qmpbs.pbs.DatastoreUsage.GarbageCollection;

/** A datastore's room and content. Fields are named as the server's own interface names them. */
record DatastoreReport(String datastore, DatastoreUsage usage) implements Listing {
  @Override
  public List<String> text() {
    List<String> lines = new ArrayList<>();
    DatastoreStatus room = usage.room();
    lines.add("datastore: " + datastore);
    if (room.total() == 0) {
      lines.add("total:     not shown to this login (needs Datastore.Audit or Datastore.Backup)");
    } else {
      lines.add("total:     " + Sizes.format(room.total()));
      lines.add("used:      " + share(room.used(), room.total()));
      lines.add("avail:     " + share(room.available(), room.total()));
    }
    usage.counts().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(
            each ->
                each.getKey()
                    + ": groups "
                    + each.getValue().groups()
                    + ", snapshots "
                    + each.getValue().snapshots())
        .forEach(lines::add);
    usage.garbageCollection().ifPresent(collection -> lines.addAll(text(collection)));
    return lines;
  }

  private static String share(long bytes, long total) {
    return Sizes.format(bytes) + " (" + Math.round(100.0 * bytes / total) + " %)";
  }

  private static List<String> text(GarbageCollection collection) {
    if (collection.upid().isEmpty()) {
      return List.of("garbage collection: none yet");
    }
    List<String> lines = new ArrayList<>();
    lines.add("garbage collection of " + collection.upid().get().startTime() + ":");
    lines.add(
        "  in use:  "
            + Sizes.format(collection.diskBytes())
            + " for "
            + Sizes.format(collection.indexDataBytes())
            + deduplication(collection));
    lines.add("  removed: " + Sizes.format(collection.removedBytes()));
    lines.add("  pending: " + Sizes.format(collection.pendingBytes()));
    if (collection.stillBad() > 0) {
      lines.add("  damaged chunks: " + collection.stillBad());
    }
    return lines;
  }

  private static String deduplication(GarbageCollection collection) {
    return collection.diskBytes() == 0
        ? ""
        : String.format(
            Locale.ROOT,
            " of data (factor %.1f)",
            (double) collection.indexDataBytes() / collection.diskBytes());
  }

  @Override
  public void describe(ObjectNode summary) {
    summary
        .put("datastore", datastore)
        .put("total", usage.room().total())
        .put("used", usage.room().used())
        .put("avail", usage.room().available());
    if (!usage.counts().isEmpty()) {
      ObjectNode counts = summary.putObject("counts");
      usage
          .counts()
          .forEach(
              (type, count) ->
                  counts
                      .putObject(type)
                      .put("groups", count.groups())
                      .put("snapshots", count.snapshots()));
    }
    usage
        .garbageCollection()
        .ifPresent(collection -> describe(summary.putObject("gc-status"), collection));
  }

  private static void describe(ObjectNode node, GarbageCollection collection) {
    collection.upid().ifPresent(upid -> node.put("upid", upid.text()));
    node.put("index-file-count", collection.indexFileCount())
        .put("index-data-bytes", collection.indexDataBytes())
        .put("disk-bytes", collection.diskBytes())
        .put("disk-chunks", collection.diskChunks())
        .put("removed-bytes", collection.removedBytes())
        .put("removed-chunks", collection.removedChunks())
        .put("pending-bytes", collection.pendingBytes())
        .put("pending-chunks", collection.pendingChunks())
        .put("removed-bad", collection.removedBad())
        .put("still-bad", collection.stillBad());
  }
}
