package org.qmpbs.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qmpbs.nbd.Extent;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QmpCommandException;

/**
 * Builds one instant in QEMU and undoes all of it, the new bitmaps included, when a step fails.
 *
 * <p>The scratch nodes come first, so that from then on a run that dies can be found by its names;
 * what can be prepared is prepared before the instant; and the dirty ranges are read through an
 * export of their own that is gone before data is read.
 */
final class InstantTaker {
  private final Monitor monitor;
  private final String run;
  private final RunNames names;
  private final ScratchFiles scratch;
  private final Path nbdSocket;
  private final Duration timeout;
  private final List<Part> parts = new ArrayList<>();
  private boolean serverMayBeOurs;

  InstantTaker(
      Monitor monitor,
      String run,
      List<DiskRequest> requests,
      ScratchFiles scratch,
      Path nbdSocket,
      Duration timeout) {
    this.monitor = monitor;
    this.run = run;
    this.names = new RunNames(run);
    this.scratch = scratch;
    this.nbdSocket = nbdSocket;
    this.timeout = timeout;
    for (DiskRequest request : requests) {
      parts.add(new Part(parts.size(), request));
    }
  }

  MachineInstant take(PointInTime point) throws IOException {
    try {
      List<Path> files = new ArrayList<>();
      for (Part part : parts) {
        files.add(scratch.create(names.scratch(part.index()), part.disk().size()));
      }
      point.requireRoom(parts, files);
      for (Part part : parts) {
        addScratch(part, files.get(part.index()), point.backing(part));
      }
      startServer();
      point.prepare(parts);
      point.take(parts);
      point.settle(parts);
      List<DiskView> views = new ArrayList<>();
      for (Part part : parts) {
        views.add(open(part, point));
      }
      return new TakenInstant(monitor, run, nbdSocket, timeout, point, parts, views);
    } catch (IOException | RuntimeException e) {
      undo(e);
      throw e;
    }
  }

  private void addScratch(Part part, Path file, Optional<String> backing) throws IOException {
    Disk disk = part.disk();
    ObjectNode arguments =
        Json.object("driver", "qcow2").put("node-name", names.scratch(part.index()));
    backing.ifPresent(node -> arguments.put("backing", node));
    arguments.set(
        "file",
        Json.object("driver", "file")
            .put("node-name", names.scratchFile(part.index()))
            .put("filename", file.toString()));
    try {
      monitor.execute("blockdev-add", arguments);
    } catch (QmpCommandException e) {
      throw new IOException(
          "QEMU cannot use the scratch file "
              + file
              + " of disk "
              + disk.name()
              + ": "
              + e.description()
              + ". The directory must be reachable and writable for the user that QEMU runs as;"
              + " choose another one with --scratch",
          e);
    }
  }

  private void startServer() throws IOException {
    ObjectNode address = Json.object("type", "unix");
    address.set("data", Json.object("path", nbdSocket.toString()));
    ObjectNode arguments = Json.object();
    arguments.set("addr", address);
    // Also when no answer comes.
    serverMayBeOurs = true;
    try {
      monitor.execute("nbd-server-start", arguments);
    } catch (QmpCommandException e) {
      if (e.description().contains("already running")) {
        serverMayBeOurs = false;
        throw new UnsafeMachineException(
            "another program uses QEMU's only NBD server",
            "end that program, or stop its server (nbd-server-stop) if it is gone");
      }
      throw new IOException(
          "QEMU cannot serve NBD on "
              + nbdSocket
              + ": "
              + e.description()
              + ". The directory must be reachable and writable for the user that QEMU runs as",
          e);
    }
  }

  private DiskView open(Part part, PointInTime point) throws IOException {
    int index = part.index();
    point.open(part);
    Optional<List<Extent>> dirty = dirty(part, point.listNode(part));
    String data = names.dataExport(index);
    export(data, point.dataNode(part), null, !point.isLive());
    if (!point.isLive()) {
      requireComplete(part, data);
    }
    String witness = point.witnessExport(part);
    if (!witness.equals(data)) {
      export(witness, names.access(index), null, false);
    }
    return new DiskView(part.disk(), data, dirty);
  }

  private Optional<List<Extent>> dirty(Part part, String node) throws IOException {
    if (part.request().trustedBitmap() == null) {
      return Optional.empty();
    }
    String map = names.mapExport(part.index());
    String list = names.dirtyList(part.index());
    export(map, node, list, false);
    List<Extent> extents = ExportReads.dirty(nbdSocket, map, list, timeout);
    Dismantler.removeExport(monitor, map, timeout);
    return Optional.of(extents);
  }

  /**
   * Every cluster of a copy has its place in the image, zeros too; a write that failed, be it the
   * last one of the image's own tables, leaves a cluster without.
   */
  private void requireComplete(Part part, String export) throws IOException {
    OptionalLong absent = ExportReads.firstAbsent(nbdSocket, export, timeout);
    if (absent.isPresent()) {
      throw CopyPoint.incomplete(part, "nothing is at byte " + absent.getAsLong());
    }
  }

  private void export(String id, String node, @Nullable String bitmap, boolean depth)
      throws IOException {
    ObjectNode arguments =
        Json.object("type", "nbd")
            .put("id", id)
            .put("node-name", node)
            .put("name", id)
            .put("writable", false);
    if (bitmap != null) {
      arguments.set("bitmaps", Json.array(List.of(Json.object("node", node).put("name", bitmap))));
    }
    if (depth) {
      arguments.put("allocation-depth", true);
    }
    monitor.execute("block-export-add", arguments);
  }

  /**
   * Takes everything out of QEMU again, the new bitmaps included: their names were free, so what
   * has them now is ours. Errors are added to {@code cause}.
   *
   * <p>A machine that stands still continues first; all else waits until the scratch storage
   * answers.
   */
  void undo(Exception cause) {
    Steps steps = new Steps();
    steps.run(() -> new PauseMark(monitor, names).resume());
    steps.run(scratch::awaitAnswer);
    steps.run(() -> new Dismantler(monitor, Set.of(run), timeout, serverMayBeOurs).dismantle());
    for (Part part : parts) {
      steps.run(
          () -> Bitmaps.remove(monitor, part.disk().formatNode(), part.request().newBitmap()));
    }
    try {
      steps.rethrow();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }
}
