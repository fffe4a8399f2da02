package org.qmpbs.pbs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The answer to {@code status?verbose=true}. */
final class UsageAnswer {
  private static final String WHAT = "status";
  private static final List<String> TYPES = List.of("vm", "ct", "host", "other");

  private UsageAnswer() {}

  static DatastoreUsage read(JsonNode data) throws BadAnswerException {
    JsonRow row = JsonRow.of(WHAT, data);
    DatastoreStatus room =
        new DatastoreStatus(row.natural("total"), row.natural("used"), row.natural("avail"));
    Optional<JsonRow> collection = row.optionalRow("gc-status");
    return new DatastoreUsage(
        room,
        counts(row),
        collection.isPresent() ? Optional.of(collection(collection.get())) : Optional.empty());
  }

  private static Map<String, DatastoreUsage.Counts> counts(JsonRow row) throws BadAnswerException {
    Map<String, DatastoreUsage.Counts> counts = new LinkedHashMap<>();
    Optional<JsonRow> all = row.optionalRow("counts");
    if (all.isPresent()) {
      for (String type : TYPES) {
        Optional<JsonRow> one = all.get().optionalRow(type);
        if (one.isPresent()) {
          counts.put(
              type,
              new DatastoreUsage.Counts(
                  one.get().natural("groups"), one.get().natural("snapshots")));
        }
      }
    }
    return counts;
  }

  private static DatastoreUsage.GarbageCollection collection(JsonRow row)
      throws BadAnswerException {
    return new DatastoreUsage.GarbageCollection(
        row.node().hasNonNull("upid")
            ? Optional.of(AdminAnswers.upid(WHAT, row.node().path("upid")))
            : Optional.empty(),
        row.natural("index-file-count"),
        row.natural("index-data-bytes"),
        row.natural("disk-bytes"),
        row.natural("disk-chunks"),
        row.natural("removed-bytes"),
        row.natural("removed-chunks"),
        row.natural("pending-bytes"),
        row.natural("pending-chunks"),
        row.optionalInteger("removed-bad").orElse(0),
        row.optionalInteger("still-bad").orElse(0));
  }
}
