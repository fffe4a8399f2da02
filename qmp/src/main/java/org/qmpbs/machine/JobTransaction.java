package org.qmpbs.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.qmpbs.qmp.Monitor;

/**
 * The one transaction by which backup jobs fix an instant of all disks.
 *
 * <p>The jobs come first, because only they hold their disks' I/O until its end; bitmap actions do
 * not, and QEMU's drain at its beginning does not bind iothreads. After them, no write can come
 * between the instant, the new bitmaps and the copies of the trusted ones: such a write would be
 * missing from this backup's list, or from the next one's for ever.
 */
final class JobTransaction {
  private final RunNames names;

  JobTransaction(RunNames names) {
    this.names = names;
  }

  /** A job that stays until it is dismissed. */
  ObjectNode job(Part part, String target, String sync) {
    return Json.object("job-id", names.job(part.index()))
        .put("device", part.disk().formatNode())
        .put("target", target)
        .put("sync", sync)
        .put("auto-dismiss", false)
        .put("filter-node-name", names.filter(part.index()));
  }

  /**
   * Starts the jobs, the new bitmaps and the copies of the trusted ones.
   *
   * @param listNode carries the copy of a disk's trusted bitmap
   */
  void start(
      Monitor monitor,
      List<Part> parts,
      Function<Part, ObjectNode> job,
      Function<Part, String> listNode)
      throws IOException {
    List<ObjectNode> actions = new ArrayList<>();
    for (Part part : parts) {
      actions.add(Json.action("blockdev-backup", job.apply(part)));
    }
    for (Part part : parts) {
      actions.add(Json.action("block-dirty-bitmap-add", BitmapActions.addEpoch(part.request())));
      actions.addAll(
          BitmapActions.copyTrusted(part, listNode.apply(part), names.dirtyList(part.index())));
    }
    monitor.execute("transaction", Json.transaction(actions));
  }
}
