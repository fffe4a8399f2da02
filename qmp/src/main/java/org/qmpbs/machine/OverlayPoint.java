package org.qmpbs.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qmpbs.qmp.Monitor;

/**
 * QEMU before 10.1: a copy-before-write filter is put between device and disk. Reading through
 * {@code snapshot-access} gives wrong data before 8.0, so data is read from the overlay (scratch
 * over disk), which silently shows live data once the filter gave up; that it did not is proven at
 * the end by a read through {@code snapshot-access}, which fails for ever after the first error.
 *
 * <p>Filters can not be put in by a transaction. The order makes up for it: the new bitmaps record
 * before the filters are in, the copies of the trusted ones are made after, so both only mark too
 * much. Only the filters themselves need one moment: with several disks, a running machine is
 * stopped for the few milliseconds that they take.
 *
 * <p>A user who names the device of a legacy {@code -drive} now reaches the filter, and QEMU would
 * let him take a snapshot there: an image whose backing file is of format "copy-before-wri", which
 * no QEMU opens again. It refuses that, and a resize, of a node that is the backing file of
 * another. So every filter becomes one, of an empty image that nobody reads: its shield.
 */
final class OverlayPoint extends LivePoint {
  /**
   * Seconds that one guest write may wait for the scratch file, after which the instant is given
   * up. Linux gives a SATA or NVMe disk 30 s; after that it resets it, and for the reset QEMU waits
   * for the write in its main loop, where the whole machine stands still with it (docs/qemu.md). A
   * guest may have waited before for what its write waited for, hence about half of it.
   *
   * <p>Not a round number: before 9.1 QEMU keeps nanoseconds in 32 bits. 17 s come out as 4.1 s
   * there, near the most that is possible; 43 s would be 50 ms, and the 45 s of Proxmox VE 2 s.
   */
  private static final int WRITE_TIMEOUT = 17;

  private final ScratchFiles scratch;
  private final @Nullable GuestGuard guard;

  /**
   * @param scratch where shields come from
   * @param guard ready to let the machine continue if we die, or null if nothing is to be stopped
   */
  OverlayPoint(Monitor monitor, RunNames names, ScratchFiles scratch, @Nullable GuestGuard guard) {
    super(monitor, names);
    this.scratch = scratch;
    this.guard = guard;
  }

  @Override
  public void take(List<Part> parts) throws IOException {
    List<ObjectNode> epochs = new ArrayList<>();
    List<ObjectNode> copies = new ArrayList<>();
    for (Part part : parts) {
      epochs.add(Json.action("block-dirty-bitmap-add", BitmapActions.addEpoch(part.request())));
      copies.addAll(BitmapActions.copyTrusted(part, listNode(part), names.dirtyList(part.index())));
    }
    monitor.execute("transaction", Json.transaction(epochs));
    for (Part part : parts) {
      monitor.execute("blockdev-add", filter(part));
    }
    GuestGuard armed = guard;
    if (armed == null) {
      putIn(parts);
    } else {
      armed.whileStopped(() -> putIn(parts));
    }
    if (!copies.isEmpty()) {
      monitor.execute("transaction", Json.transaction(copies));
    }
  }

  @Override
  public void settle(List<Part> parts) throws IOException {
    for (Part part : parts) {
      shield(part);
    }
  }

  private void putIn(List<Part> parts) throws IOException {
    for (Part part : parts) {
      monitor.execute(
          "qom-set",
          Json.object("path", part.disk().qdevPath())
              .put("property", "drive")
              .put("value", names.filter(part.index())));
    }
  }

  /** Only possible after the device is on the filter, which shares nothing before. */
  private void shield(Part part) throws IOException {
    String name = names.shield(part.index());
    Path file = scratch.create(name, part.disk().size());
    ObjectNode arguments =
        Json.object("driver", "qcow2")
            .put("node-name", name)
            .put("read-only", true)
            .put("backing", names.filter(part.index()));
    arguments.set("file", Json.object("driver", "file").put("filename", file.toString()));
    monitor.execute("blockdev-add", arguments);
  }

  private ObjectNode filter(Part part) {
    return Json.object("driver", "copy-before-write")
        .put("node-name", names.filter(part.index()))
        .put("file", part.disk().rootNode())
        .put("target", names.scratch(part.index()))
        .put("on-cbw-error", "break-snapshot")
        .put("cbw-timeout", WRITE_TIMEOUT);
  }

  @Override
  public String dataNode(Part part) {
    return names.scratch(part.index());
  }

  @Override
  public String witnessExport(Part part) {
    return names.probeExport(part.index());
  }

  @Override
  public void checkState(Part part, BlockGraph graph) throws IOException {
    String filter = names.filter(part.index());
    Disk disk = part.disk();
    boolean root =
        graph.drives().stream()
            .anyMatch(
                drive ->
                    filter.equals(drive.rootNode())
                        && java.util.Objects.equals(drive.qdevPath(), disk.qdevPath()));
    boolean over = graph.child(filter, "file").filter(disk.rootNode()::equals).isPresent();
    if (!root || !over) {
      throw new PointInTimeBrokenException(
          "the point in time of disk "
              + disk.name()
              + " is lost: somebody changed the block graph around filter "
              + filter,
          null);
    }
  }
}
