package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qmpbs.qmp.Monitor;

/**
 * Everything that must hold before a machine is touched. Each refusal is a situation in which QEMU
 * is known to die, to stop the guest, to serve wrong data or to break somebody else's work without
 * an error (docs/qemu.md, "Traps"); all of it is only asked, nothing is changed.
 */
final class SafetyCheck {
  /** Run states in which the disks belong to this QEMU and no failed request waits in it. */
  private static final Set<String> SAFE_STATES =
      Set.of("running", "paused", "prelaunch", "suspended", "shutdown", "guest-panicked");

  /** States of a migration that has not begun or is over on this side. */
  private static final Set<String> NO_MIGRATION =
      Set.of("", "none", "completed", "failed", "cancelled");

  /** Nodes on top of which no filter may be put and under which none may be exchanged. */
  private static final Set<String> UNSAFE_ROOTS =
      Set.of(
          "blkreplay",
          "blkverify",
          "commit_top",
          "copy-before-write",
          "mirror_top",
          "quorum",
          "replication",
          "snapshot-access");

  private final Monitor monitor;
  private final Strategy strategy;
  private final BlockGraph graph;
  private final Set<String> goneRuns;

  /**
   * @param goneRuns of which everything in QEMU is looked through as if it were gone already
   */
  SafetyCheck(Monitor monitor, Strategy strategy, BlockGraph graph, Set<String> goneRuns) {
    this.monitor = monitor;
    this.strategy = strategy;
    this.graph = graph;
    this.goneRuns = Set.copyOf(goneRuns);
  }

  private boolean isGone(String name) {
    return RunNames.runOf(name).filter(goneRuns::contains).isPresent();
  }

  void check(List<Disk> chosen) throws IOException {
    checkRunState();
    checkMigration();
    checkNoLeftovers();
    checkExports(chosen);
    for (Disk disk : chosen) {
      checkDisk(disk);
    }
    checkJobs(chosen);
  }

  private void checkRunState() throws IOException {
    String status = Json.text(monitor.execute("query-status"), "status");
    if (status.equals("io-error")) {
      throw new UnsafeMachineException(
          "the machine is stopped because a write to one of its disks failed (io-error)",
          "make room or repair the storage, and let the machine continue (cont)");
    }
    if (!SAFE_STATES.contains(status)) {
      throw new UnsafeMachineException(
          "the machine is in state " + status + ", in which its disks must not be touched",
          "run the backup again when it is running or paused");
    }
  }

  private void checkMigration() throws IOException {
    String status = Json.text(monitor.execute("query-migrate"), "status");
    if (!NO_MIGRATION.contains(status)) {
      throw new UnsafeMachineException(
          "the machine is being migrated (" + status + ")",
          "run the backup when the migration is over");
    }
  }

  private void checkNoLeftovers() throws IOException {
    Leftovers leftovers = Inventory.take(monitor);
    if (!goneRuns.containsAll(leftovers.runs())) {
      throw new UnsafeMachineException(
          "QEMU still has things of earlier or other backups: runs " + leftovers.runs(),
          "wait for the other backup, or if there is none let its remains be cleaned up");
    }
  }

  /**
   * QEMU has one NBD server. Its address can not be asked for, and stopping it drops every export.
   */
  private void checkExports(List<Disk> chosen) throws IOException {
    for (JsonNode export : monitor.execute("query-block-exports")) {
      String id = Json.text(export, "id");
      if (isGone(id)) {
        continue;
      }
      if (Json.text(export, "type").equals("nbd")) {
        throw new UnsafeMachineException(
            "another program uses QEMU's only NBD server (export " + id + ")",
            "end that program, or remove its exports (block-export-del) and stop its server"
                + " (nbd-server-stop)");
      }
      String node = Json.text(export, "node-name");
      for (Disk disk : chosen) {
        if (graph.reachable(disk.rootNode()).contains(node)) {
          throw new UnsafeMachineException(
              "disk " + disk.name() + " is also exported to another program (" + id + ")",
              "remove that export (block-export-del), for writes through it would be missed");
        }
      }
    }
  }

  private void checkDisk(Disk disk) throws UnsafeMachineException {
    String root = disk.rootNode();
    while (isGone(root) && graph.child(root, "file").isPresent()) {
      root = graph.child(root, "file").get();
    }
    String driver = graph.node(root).map(BlockGraph.Node::driver).orElse("unknown");
    boolean unsafe = UNSAFE_ROOTS.contains(driver) || driver.equals("unknown");
    for (String node : graph.reachable(root)) {
      String under = graph.node(node).map(BlockGraph.Node::driver).orElse("");
      if (under.equals("copy-before-write")) {
        unsafe = true;
        driver = under;
      }
    }
    if (unsafe) {
      throw new UnsafeMachineException(
          "disk " + disk.name() + " has a block graph that is in use by something else: " + driver,
          "end the other operation on this disk, or exclude the disk");
    }
    if (disk.size() <= 0) {
      throw new UnsafeMachineException(
          "QEMU does not tell the size of disk " + disk.name(), "exclude the disk");
    }
    if (strategy == Strategy.OVERLAY_WITH_PROBE && disk.qdevPath() == null) {
      throw new UnsafeMachineException(
          "drive " + disk.name() + " belongs to no device of the guest",
          "exclude it, or start the machine without this -drive");
    }
    checkShared(disk);
  }

  private void checkShared(Disk disk) throws UnsafeMachineException {
    int users = 0;
    for (BlockGraph.Drive drive : graph.drives()) {
      String root = drive.rootNode();
      if (root != null && graph.reachable(root).contains(disk.formatNode())) {
        users++;
      }
    }
    if (users > 1) {
      throw new UnsafeMachineException(
          "the image of disk " + disk.name() + " is used by " + users + " drives of the machine",
          "exclude this disk: writes through the other drive could not be told apart");
    }
  }

  private void checkJobs(List<Disk> chosen) throws IOException {
    Set<String> blockJobs = new HashSet<>();
    for (JsonNode job : monitor.execute("query-block-jobs")) {
      blockJobs.add(Json.text(job, "device"));
    }
    for (JsonNode job : monitor.execute("query-jobs")) {
      String status = Json.text(job, "status");
      if (status.equals("concluded") || status.equals("null")) {
        continue;
      }
      String id = Json.text(job, "id");
      if (isGone(id)) {
        continue;
      }
      Optional<Disk> touched = touched(id, blockJobs.contains(id), chosen);
      if (touched.isPresent() || !blockJobs.contains(id)) {
        throw busy(Json.text(job, "type") + " job " + id, touched.orElse(null));
      }
    }
    // Jobs started the old way have no id of their own there.
    Set<String> listed = new HashSet<>(Inventory.jobs(monitor, id -> true));
    for (String device : blockJobs) {
      if (!listed.contains(device)) {
        throw busy("a job on " + device, null);
      }
    }
  }

  private Optional<Disk> touched(String job, boolean blockJob, List<Disk> chosen) {
    Optional<Set<String>> nodes = blockJob ? graph.jobNodes(job) : Optional.empty();
    return chosen.stream()
        .filter(
            disk -> {
              Set<String> own = graph.reachable(disk.rootNode());
              // A job's filter stands above the disk and may be hidden from query-block.
              return nodes.isEmpty()
                  || nodes.get().stream()
                      .flatMap(node -> graph.reachable(node).stream())
                      .anyMatch(own::contains);
            })
        .findFirst();
  }

  private static UnsafeMachineException busy(String what, @Nullable Disk disk) {
    return new UnsafeMachineException(
        what + " is active in QEMU" + (disk == null ? "" : " on disk " + disk.name()),
        "wait until it has ended or cancel it (job-cancel), then run the backup again");
  }
}
