package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QmpCommandException;
import org.qmpbs.qmp.QmpEvent;

/**
 * For disks that must not be exported: QEMU itself copies them to the scratch files, and what is
 * exported are nodes over those, opened afresh, that belong to no device and no iothread.
 *
 * <p><b>The guest.</b> While a job runs, a guest write to an area that is not copied yet waits
 * until that area is; and before QEMU 10.1 an error of the target becomes an error of the guest's
 * write. So the target is a {@code quorum} of two: the scratch image, and a node that takes every
 * write and keeps nothing. One success of the two is enough, so no error of the scratch file can
 * reach the guest. It is found in the copy: every cluster that was copied has its place in the
 * scratch image, zeros too, and where there is none a write failed ({@code InstantTaker}). The
 * event that QEMU sends ends the work early and decides nothing.
 *
 * <p><b>Always all of the disk</b>, also where only the changes will be sent. A job with {@code
 * sync=bitmap} sets up what it has to copy when it begins to run, which is after the transaction
 * has let go of the disk: what a guest overwrites in between is copied right, and then copied
 * again, with the new data. A job with {@code sync=full} has it from its creation.
 *
 * <p>When the jobs are over, the guest pays for nothing any more.
 */
final class CopyPoint implements PointInTime {
  /** How often progress is looked at. */
  private static final Duration INTERVAL = Duration.ofMillis(50);

  private final Monitor monitor;
  private final RunNames names;
  private final boolean breaksSnapshot;
  private final CopyListener listener;
  private final List<String> files = new ArrayList<>();

  /**
   * @param breaksSnapshot whether jobs know {@code on-cbw-error}
   */
  CopyPoint(Monitor monitor, RunNames names, boolean breaksSnapshot, CopyListener listener) {
    this.monitor = monitor;
    this.names = names;
    this.breaksSnapshot = breaksSnapshot;
    this.listener = listener;
  }

  static PointInTimeBrokenException incomplete(Part part, String what) {
    return new PointInTimeBrokenException(
        "the copy of disk "
            + part.disk().name()
            + " is not complete: "
            + what
            + ". The scratch file could not grow or failed. The guest was not harmed and the next"
            + " backup misses nothing",
        null);
  }

  @Override
  public Optional<String> backing(Part part) {
    return Optional.empty();
  }

  @Override
  public void requireRoom(List<Part> parts, List<Path> scratchFiles) throws IOException {
    new CopyRoom(BlockGraph.query(monitor)).require(parts, scratchFiles.get(0));
  }

  @Override
  public void prepare(List<Part> parts) throws IOException {
    BlockGraph graph = BlockGraph.query(monitor);
    for (Part part : parts) {
      files.add(fileOf(part, graph));
    }
    monitor.execute("blockdev-add", file(names.holder(), files.get(0)));
    for (Part part : parts) {
      addTarget(part);
      if (part.request().trustedBitmap() != null) {
        monitor.execute("blockdev-add", nothing(listNode(part), part));
      }
    }
  }

  @Override
  public void take(List<Part> parts) throws IOException {
    new JobTransaction(names).start(monitor, parts, this::job, this::listNode);
  }

  @Override
  public void settle(List<Part> parts) throws IOException {
    awaitCopies(parts);
    for (Part part : parts) {
      monitor.execute("job-dismiss", Json.object("id", names.job(part.index())));
    }
    for (Part part : parts) {
      reopen(part, files.get(part.index()));
    }
  }

  private void addTarget(Part part) throws IOException {
    int index = part.index();
    monitor.execute("blockdev-add", nothing(names.nowhere(index), part));
    ObjectNode quorum =
        Json.object("driver", "quorum")
            .put("node-name", names.quorum(index))
            .put("vote-threshold", 1);
    quorum.putArray("children").add(names.scratch(index)).add(names.nowhere(index));
    try {
      monitor.execute("blockdev-add", quorum);
    } catch (QmpCommandException e) {
      throw new UnsafeMachineException(
          "QEMU refuses the driver that keeps errors of the scratch file from the guest: "
              + e.description(),
          IothreadRule.REMEDY);
    }
  }

  private static ObjectNode nothing(String name, Part part) {
    return Json.object("driver", "null-co")
        .put("node-name", name)
        .put("size", part.disk().size())
        .put("read-zeroes", true);
  }

  private static ObjectNode file(String name, String filename) {
    return Json.object("driver", "file")
        .put("node-name", name)
        .put("filename", filename)
        .put("read-only", true);
  }

  private String fileOf(Part part, BlockGraph graph) throws IOException {
    String node = names.scratchFile(part.index());
    return graph
        .node(node)
        .map(each -> Json.text(each.info().path("image"), "filename"))
        .orElseThrow(() -> new IOException("QEMU has no node " + node));
  }

  private ObjectNode job(Part part) {
    ObjectNode job = new JobTransaction(names).job(part, names.quorum(part.index()), "full");
    return breaksSnapshot ? job.put("on-cbw-error", "break-snapshot") : job;
  }

  private void awaitCopies(List<Part> parts) throws IOException {
    boolean over = false;
    while (!over) {
      Map<String, JsonNode> jobs = new HashMap<>();
      monitor.execute("query-jobs").forEach(job -> jobs.put(Json.text(job, "id"), job));
      long done = 0;
      long total = 0;
      over = true;
      for (Part part : parts) {
        JsonNode job = jobs.getOrDefault(names.job(part.index()), MissingNode.getInstance());
        over &= isOver(part, job);
        done += job.path("current-progress").asLong();
        total += job.path("total-progress").asLong();
      }
      listener.copied(done, total);
      if (!over) {
        awaitFailure(parts);
      }
    }
  }

  /** Until something could not be written, or for a moment. */
  private void awaitFailure(List<Part> parts) throws IOException {
    Optional<QmpEvent> failure =
        monitor.awaitEvent(
            event ->
                event.name().equals("QUORUM_REPORT_BAD")
                    && Inventory.isOurs(Json.text(event.data(), "node-name")),
            INTERVAL);
    if (failure.isPresent()) {
      JsonNode data = failure.get().data();
      for (Part part : parts) {
        if (names.scratch(part.index()).equals(Json.text(data, "node-name"))) {
          throw incomplete(part, "QEMU says: " + Json.text(data, "error"));
        }
      }
    }
  }

  private static boolean isOver(Part part, JsonNode job) throws PointInTimeBrokenException {
    if (job.isMissingNode()) {
      throw incomplete(part, "somebody ended its job");
    }
    String error = Json.text(job, "error");
    if (!error.isEmpty()) {
      // Writes cannot fail, so it is a read of the disk, or somebody's job-cancel.
      throw new PointInTimeBrokenException(
          "the copy of disk "
              + part.disk().name()
              + " ended before it was complete: "
              + error
              + ". The guest was not harmed and the next backup misses nothing",
          null);
    }
    return Json.text(job, "status").equals("concluded");
  }

  /**
   * Closing the image writes its tables; the new node sees what has really been written, and is in
   * no iothread, whatever the job did with the old one.
   */
  private void reopen(Part part, String filename) throws IOException {
    int index = part.index();
    monitor.execute("blockdev-del", Json.object("node-name", names.quorum(index)));
    monitor.execute("blockdev-del", Json.object("node-name", names.scratch(index)));
    ObjectNode copy =
        Json.object("driver", "qcow2").put("node-name", names.copy(index)).put("read-only", true);
    copy.set("file", file(names.copyFile(index), filename));
    monitor.execute("blockdev-add", copy);
  }

  @Override
  public void open(Part part) {
    // Has been done, all at once, so that the jobs of all disks are over when the first is read.
  }

  @Override
  public String dataNode(Part part) {
    return names.copy(part.index());
  }

  @Override
  public String listNode(Part part) {
    return names.listNode(part.index());
  }

  @Override
  public String witnessExport(Part part) {
    return names.dataExport(part.index());
  }

  @Override
  public boolean isLive() {
    return false;
  }

  @Override
  public void checkState(Part part, BlockGraph graph) throws IOException {
    if (graph.node(names.copy(part.index())).isEmpty()) {
      throw incomplete(part, "somebody removed its node");
    }
  }
}
