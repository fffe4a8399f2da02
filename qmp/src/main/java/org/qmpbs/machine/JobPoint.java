package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qmpbs.qmp.Monitor;

/**
 * QEMU 10.1 and later: one transaction does all at once, so nothing has to be stopped and no client
 * can die in the middle. The jobs copy nothing by themselves ({@code sync=none}); their filters
 * keep what the guest overwrites, or give up the instant when they can not.
 *
 * <p>A job does not say that its filter gave up: it goes on "running". Only reads through {@code
 * snapshot-access} on the filter fail from then on, so data is read there and nowhere else.
 *
 * <p>The jobs come first in the transaction, because only they hold their disks' I/O until its end;
 * bitmap actions do not, and QEMU's drain at its beginning does not bind iothreads. After them, no
 * write can come between the instant, the new bitmaps and the copies of the trusted ones: such a
 * write would be missing from this backup's list, or from the next one's for ever.
 */
final class JobPoint implements PointInTime {
  private final Monitor monitor;
  private final RunNames names;

  JobPoint(Monitor monitor, RunNames names) {
    this.monitor = monitor;
    this.names = names;
  }

  @Override
  public void take(List<Part> parts) throws IOException {
    List<ObjectNode> actions = new ArrayList<>();
    for (Part part : parts) {
      actions.add(Json.action("blockdev-backup", job(part)));
    }
    for (Part part : parts) {
      actions.add(Json.action("block-dirty-bitmap-add", BitmapActions.addEpoch(part.request())));
      actions.addAll(
          BitmapActions.copyTrusted(part, listNode(part), names.dirtyList(part.index())));
    }
    monitor.execute("transaction", Json.transaction(actions));
  }

  private ObjectNode job(Part part) {
    return Json.object("job-id", names.job(part.index()))
        .put("device", part.disk().formatNode())
        .put("target", names.scratch(part.index()))
        .put("sync", "none")
        .put("auto-dismiss", false)
        .put("filter-node-name", names.filter(part.index()))
        .put("on-cbw-error", "break-snapshot");
  }

  @Override
  public Optional<String> backing(Part part) {
    return Optional.of(part.disk().formatNode());
  }

  @Override
  public void open(Part part) throws IOException {
    SnapshotAccess.open(monitor, names, part);
  }

  @Override
  public String listNode(Part part) {
    return names.scratch(part.index());
  }

  @Override
  public boolean isLive() {
    return true;
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
