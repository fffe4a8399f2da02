package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.qmpbs.qmp.Monitor;

/**
 * QEMU 10.1 and later: one transaction does all at once, so nothing has to be stopped and no client
 * can die in the middle. The jobs copy nothing by themselves ({@code sync=none}); their filters
 * keep what the guest overwrites, or give up the instant when they can not.
 *
 * <p>A job does not say that its filter gave up: it goes on "running". Only reads through {@code
 * snapshot-access} on the filter fail from then on, so data is read there and nowhere else.
 *
 * <p>The order of the transaction is {@link JobTransaction}'s.
 */
final class JobPoint extends LivePoint {
  JobPoint(Monitor monitor, RunNames names) {
    super(monitor, names);
  }

  @Override
  public void take(List<Part> parts) throws IOException {
    new JobTransaction(names).start(monitor, parts, this::job, this::listNode);
  }

  private ObjectNode job(Part part) {
    return new JobTransaction(names)
        .job(part, names.scratch(part.index()), "none")
        .put("on-cbw-error", "break-snapshot");
  }

  @Override
  public String dataNode(Part part) {
    return names.access(part.index());
  }

  @Override
  public String witnessExport(Part part) {
    return names.dataExport(part.index());
  }

  @Override
  public void checkState(Part part, BlockGraph graph) throws IOException {
    String id = names.job(part.index());
    for (JsonNode job : monitor.execute("query-jobs")) {
      String status = Json.text(job, "status");
      // QEMU pauses jobs for a moment at each change of the graph.
      if (Json.text(job, "id").equals(id)
          && (status.equals("running") || status.equals("paused"))) {
        return;
      }
    }
    throw new PointInTimeBrokenException(
        "the point in time of disk " + part.disk().name() + " is lost: somebody ended job " + id,
        null);
  }
}
