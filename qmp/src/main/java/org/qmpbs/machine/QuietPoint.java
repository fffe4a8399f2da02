package org.qmpbs.machine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A point in time that is taken while the guest keeps quiet, however it is taken. */
final class QuietPoint implements PointInTime {
  private final PointInTime point;
  private final Quiesce quiesce;
  private final GuestGuard guard;

  QuietPoint(PointInTime point, Quiesce quiesce, GuestGuard guard) {
    this.point = point;
    this.quiesce = quiesce;
    this.guard = guard;
  }

  @Override
  public void take(List<Part> parts) throws IOException {
    try {
      takeQuietly(parts);
    } finally {
      if (quiesce.mayBeFrozen()) {
        // What follows may last as long as a copy of all disks; the guard begins to thaw now.
        guard.close();
      }
    }
  }

  private void takeQuietly(List<Part> parts) throws IOException {
    quiesce.before(guard::awaitReady);
    try {
      point.take(parts);
    } catch (IOException | RuntimeException | Error e) {
      try {
        quiesce.after();
      } catch (IOException e2) {
        e.addSuppressed(e2);
      }
      throw e;
    }
    quiesce.after();
  }

  @Override
  public Optional<String> backing(Part part) {
    return point.backing(part);
  }

  @Override
  public void requireRoom(List<Part> parts, List<Path> scratchFiles) throws IOException {
    point.requireRoom(parts, scratchFiles);
  }

  @Override
  public void prepare(List<Part> parts) throws IOException {
    point.prepare(parts);
  }

  @Override
  public void settle(List<Part> parts) throws IOException {
    point.settle(parts);
  }

  @Override
  public void open(Part part) throws IOException {
    point.open(part);
  }

  @Override
  public String listNode(Part part) {
    return point.listNode(part);
  }

  @Override
  public boolean isLive() {
    return point.isLive();
  }

  @Override
  public String dataNode(Part part) {
    return point.dataNode(part);
  }

  @Override
  public String witnessExport(Part part) {
    return point.witnessExport(part);
  }

  @Override
  public void checkState(Part part, BlockGraph graph) throws IOException {
    point.checkState(part, graph);
  }
}
