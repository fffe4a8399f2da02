package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.qmpbs.client.output.Durations;
import org.qmpbs.client.output.Report;
import org.qmpbs.client.output.Sizes;
import org.qmpbs.client.restore.RestoreSummary;
import org.qmpbs.client.restore.RestoreSummary.ArchiveSummary;

/** What {@code qmpbs restore} says at the end. */
record RestoreReport(RestoreSummary summary) implements Report {
  @Override
  public List<String> text() {
    List<String> lines = new ArrayList<>();
    for (ArchiveSummary archive : summary.archives()) {
      lines.add(
          archive.archive()
              + " -> "
              + archive.target()
              + " ("
              + archive.format()
              + "): "
              + Sizes.format(archive.size())
              + ", of which "
              + Sizes.format(archive.zero())
              + " zeros, "
              + Sizes.format(archive.downloadedBytes())
              + " received");
    }
    lines.add(
        "restored from "
            + summary.snapshot()
            + " in "
            + Durations.format(summary.duration())
            + ", every byte verified");
    return lines;
  }

  @Override
  public void describe(ObjectNode node) {
    node.put("snapshot", summary.snapshot().toString());
    Rows.name(node, summary.snapshot());
    node.put("duration_seconds", summary.duration().toMillis() / 1000.0)
        .put("retries", summary.retries());
    ArrayNode archives = node.putArray("archives");
    for (ArchiveSummary archive : summary.archives()) {
      archives
          .addObject()
          .put("archive", archive.archive())
          .put("target", archive.target())
          .put("format", archive.format())
          .put("bytes_size", archive.size())
          .put("bytes_zero", archive.zero())
          .put("chunks_received", archive.downloadedChunks())
          .put("bytes_received", archive.downloadedBytes());
    }
  }
}
