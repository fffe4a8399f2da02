package org.qmpbs.machine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.qmpbs.qmp.Monitor;

/** The instant while it is being read. */
final class TakenInstant implements MachineInstant {
  private final Monitor monitor;
  private final String run;
  private final Path nbdSocket;
  private final Duration timeout;
  private final PointInTime point;
  private final List<Part> parts;
  private final List<DiskView> views;
  private boolean closed;

  TakenInstant(
      Monitor monitor,
      String run,
      Path nbdSocket,
      Duration timeout,
      PointInTime point,
      List<Part> parts,
      List<DiskView> views) {
    this.monitor = monitor;
    this.run = run;
    this.nbdSocket = nbdSocket;
    this.timeout = timeout;
    this.point = point;
    this.parts = List.copyOf(parts);
    this.views = List.copyOf(views);
  }

  @Override
  public Path nbdSocket() {
    return nbdSocket;
  }

  @Override
  public List<DiskView> disks() {
    return views;
  }

  @Override
  public void verify() throws IOException {
    BlockGraph graph = BlockGraph.query(monitor);
    for (Part part : parts) {
      Disk disk = part.disk();
      point.checkState(part, graph);
      if (!point.isLive()) {
        continue;
      }
      long size = graph.node(disk.formatNode()).map(BlockGraph.Node::size).orElse(-1L);
      if (size != disk.size()) {
        throw new PointInTimeBrokenException(
            "the point in time of disk "
                + disk.name()
                + " is lost: its size changed from "
                + disk.size()
                + " to "
                + size
                + " bytes during the backup. Run the backup again",
            null);
      }
      try {
        ExportReads.probe(nbdSocket, point.witnessExport(part), timeout);
      } catch (IOException e) {
        throw new PointInTimeBrokenException(
            "the point in time of disk "
                + disk.name()
                + " is lost: what the guest overwrote could not be kept, because the scratch file"
                + " could not grow, failed or was too slow. The guest was not harmed and the next"
                + " backup misses nothing. Give the scratch directory more room or faster storage",
            e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    new Dismantler(monitor, Set.of(run), timeout, true).dismantle();
  }
}
