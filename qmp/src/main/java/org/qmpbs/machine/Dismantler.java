package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QmpCommandException;

/**
 * Takes apart what some runs have in QEMU: at the end of a backup, after a failure in the middle of
 * its beginning, and after a dead run. All three are the same work, because nothing is remembered:
 * every step asks QEMU what is there. The order is the only one that QEMU allows: exports,
 * snapshot-access nodes, shields, jobs, filters (after the device has got its own node back), the
 * NBD server, then our other nodes from the top down. Nodes with a scratch file go last, so that a
 * run that dies here can still be found.
 */
final class Dismantler {
  private static final String COPY_BEFORE_WRITE = "copy-before-write";

  private final Monitor monitor;
  private final Set<String> runs;
  private final Duration timeout;
  private final boolean serverMayBeOurs;

  /**
   * @param runs ids of the runs
   * @param timeout for each thing that QEMU ends in the background
   * @param serverMayBeOurs false when the NBD server is known to be somebody else's
   */
  Dismantler(Monitor monitor, Set<String> runs, Duration timeout, boolean serverMayBeOurs) {
    this.monitor = monitor;
    this.runs = Set.copyOf(runs);
    this.timeout = timeout;
    this.serverMayBeOurs = serverMayBeOurs;
  }

  /**
   * Takes everything apart. The end of QEMU is no error.
   *
   * @throws IOException the first error, after all that could be done was done
   */
  void dismantle() throws IOException {
    Steps steps = new Steps();
    for (String run : runs) {
      steps.run(() -> new PauseMark(monitor, new RunNames(run)).resume());
    }
    boolean[] traces = {false};
    steps.run(() -> traces[0] = serverMayBeOurs && hasTraces());
    steps.run(() -> exports(steps));
    steps.run(() -> nodes(steps, "snapshot-access", node -> true));
    steps.run(() -> nodes(steps, "qcow2", RunNames::isShield));
    steps.run(() -> jobs(steps));
    steps.run(() -> filters(steps));
    steps.run(
        () -> {
          if (traces[0]) {
            stopServer();
          }
        });
    steps.run(() -> rest(steps));
    steps.rethrow();
  }

  private boolean isOurs(String name) {
    return RunNames.runOf(name).filter(runs::contains).isPresent();
  }

  /** The server was started after the scratch nodes were there, and is stopped before they go. */
  private boolean hasTraces() throws IOException {
    return !ourNodes(driver -> true).isEmpty()
        || !Inventory.exports(monitor, this::isOurs).isEmpty();
  }

  private void exports(Steps steps) throws IOException {
    for (String id : Inventory.exports(monitor, this::isOurs)) {
      steps.run(() -> removeExport(monitor, id, timeout));
    }
  }

  /** Removes an export even if a client is connected, and waits until it is gone. */
  static void removeExport(Monitor monitor, String id, Duration timeout) throws IOException {
    try {
      monitor.execute("block-export-del", Json.object("id", id).put("mode", "hard"));
    } catch (QmpCommandException e) {
      if (!Inventory.exports(monitor, id::equals).isEmpty()) {
        throw e;
      }
    }
    if (!Waiter.await(monitor, timeout, () -> Inventory.exports(monitor, id::equals).isEmpty())) {
      throw new IOException("QEMU does not end the export " + id);
    }
  }

  private void nodes(Steps steps, String driver, Predicate<String> which) throws IOException {
    for (String node : ourNodes(driver::equals)) {
      if (which.test(node)) {
        steps.run(() -> removeNode(node));
      }
    }
  }

  /** File nodes go with the images over them, but for the one that stands alone. */
  private void rest(Steps steps) throws IOException {
    List<BlockGraph.Node> left = new ArrayList<>();
    for (BlockGraph.Node node : BlockGraph.query(monitor).nodes()) {
      if (isOurs(node.name())) {
        left.add(node);
      }
    }
    for (String driver : List.of("quorum", "null-co", "qcow2", "file")) {
      for (BlockGraph.Node node : left) {
        boolean withAnother = driver.equals("file") && !RunNames.isHolder(node.name());
        if (node.driver().equals(driver) && !withAnother) {
          steps.run(() -> removeNode(node.name()));
        }
      }
    }
  }

  private List<String> ourNodes(Predicate<String> driver) throws IOException {
    List<String> found = new ArrayList<>();
    for (BlockGraph.Node node : BlockGraph.query(monitor).nodes()) {
      if (isOurs(node.name()) && driver.test(node.driver())) {
        found.add(node.name());
      }
    }
    return found;
  }

  private void removeNode(String node) throws IOException {
    try {
      monitor.execute("blockdev-del", Json.object("node-name", node));
    } catch (QmpCommandException e) {
      if (BlockGraph.query(monitor).node(node).isPresent()) {
        throw e;
      }
    }
  }

  private void jobs(Steps steps) throws IOException {
    for (String id : Inventory.jobs(monitor, this::isOurs)) {
      steps.run(() -> removeJob(id));
    }
  }

  private void removeJob(String id) throws IOException {
    tolerating(id, "job-cancel");
    boolean ended =
        Waiter.await(
            monitor,
            timeout,
            () -> {
              String status = jobStatus(id);
              return status.isEmpty() || status.equals("concluded");
            });
    if (!ended) {
      throw new IOException("QEMU does not end the job " + id + "; it is left alone");
    }
    tolerating(id, "job-dismiss");
  }

  /** A job that has ended can not be cancelled, one that is gone not dismissed: both are fine. */
  private void tolerating(String id, String command) throws IOException {
    try {
      monitor.execute(command, Json.object("id", id));
    } catch (QmpCommandException e) {
      String status = jobStatus(id);
      if (!status.isEmpty() && !status.equals("concluded")) {
        throw e;
      }
    }
  }

  private String jobStatus(String id) throws IOException {
    for (JsonNode job : monitor.execute("query-jobs")) {
      if (Json.text(job, "id").equals(id)) {
        return Json.text(job, "status");
      }
    }
    return "";
  }

  private void filters(Steps steps) throws IOException {
    for (String filter : ourNodes(COPY_BEFORE_WRITE::equals)) {
      steps.run(
          () -> {
            giveBack(filter);
            removeNode(filter);
          });
    }
  }

  /**
   * Sets the device to what is under the filter now, not to what was under it when it was put in:
   * somebody may have made a snapshot meanwhile.
   */
  private void giveBack(String filter) throws IOException {
    BlockGraph graph = BlockGraph.query(monitor);
    for (BlockGraph.Drive drive : graph.drives()) {
      if (!filter.equals(drive.rootNode())) {
        continue;
      }
      Optional<String> child = graph.child(filter, "file");
      String path = drive.qdevPath();
      if (child.isEmpty() || path == null) {
        throw new IOException(
            "QEMU does not tell what is under the filter " + filter + "; it is left in place");
      }
      monitor.execute(
          "qom-set", Json.object("path", path).put("property", "drive").put("value", child.get()));
    }
  }

  private void stopServer() throws IOException {
    if (!Inventory.exports(monitor, id -> true).isEmpty()) {
      return;
    }
    try {
      monitor.execute("nbd-server-stop");
    } catch (QmpCommandException e) {
      if (!e.description().contains("not running")) {
        throw e;
      }
    }
  }
}
