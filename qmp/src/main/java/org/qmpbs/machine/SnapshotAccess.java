package org.qmpbs.machine;

import java.io.IOException;
import org.qmpbs.qmp.Monitor;

/** The node through which a disk's copy-before-write filter shows the instant. */
final class SnapshotAccess {
  private SnapshotAccess() {}

  static void open(Monitor monitor, RunNames names, Part part) throws IOException {
    monitor.execute(
        "blockdev-add",
        Json.object("driver", "snapshot-access")
            .put("node-name", names.access(part.index()))
            .put("file", names.filter(part.index())));
  }
}
