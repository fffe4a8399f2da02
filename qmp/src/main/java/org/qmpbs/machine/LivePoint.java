package org.qmpbs.machine;

import java.io.IOException;
import java.util.Optional;
import org.qmpbs.qmp.Monitor;

/**
 * A point in time that lives off the disk while it is read: what the guest overwrites is kept in a
 * scratch image over the disk, by a filter through which {@code snapshot-access} shows the instant.
 */
abstract class LivePoint implements PointInTime {
  final Monitor monitor;
  final RunNames names;

  LivePoint(Monitor monitor, RunNames names) {
    this.monitor = monitor;
    this.names = names;
  }

  @Override
  public final Optional<String> backing(Part part) {
    return Optional.of(part.disk().formatNode());
  }

  @Override
  public final void open(Part part) throws IOException {
    monitor.execute(
        "blockdev-add",
        Json.object("driver", "snapshot-access")
            .put("node-name", names.access(part.index()))
            .put("file", names.filter(part.index())));
  }

  @Override
  public final String listNode(Part part) {
    return names.scratch(part.index());
  }

  @Override
  public final boolean isLive() {
    return true;
  }
}
