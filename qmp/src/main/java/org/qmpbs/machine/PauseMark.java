package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.qmpbs.qmp.Monitor;

/**
 * A note in QEMU itself that a run stops the machine for a moment: a disabled bitmap on the run's
 * first scratch node. It ends with QEMU and with the run's nodes, so that it can never make anybody
 * continue a machine that its owner has paused later on.
 */
final class PauseMark {
  private final Monitor monitor;
  private final RunNames names;

  PauseMark(Monitor monitor, RunNames names) {
    this.monitor = monitor;
    this.names = names;
  }

  void set() throws IOException {
    monitor.execute(
        "block-dirty-bitmap-add", bitmap().put("persistent", false).put("disabled", true));
  }

  void remove() throws IOException {
    monitor.execute("block-dirty-bitmap-remove", bitmap());
  }

  /** Lets the machine continue if the run has stopped it and could not do so itself. */
  boolean resume() throws IOException {
    if (!isSet()) {
      return false;
    }
    boolean paused = Json.text(monitor.execute("query-status"), "status").equals("paused");
    if (paused) {
      monitor.execute("cont");
    }
    remove();
    return paused;
  }

  private boolean isSet() throws IOException {
    for (JsonNode node :
        monitor.execute("query-named-block-nodes", Json.object().put("flat", true))) {
      if (Json.text(node, "node-name").equals(names.scratch(0))) {
        for (JsonNode each : node.path("dirty-bitmaps")) {
          if (Json.text(each, "name").equals(names.pauseMark())) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private com.fasterxml.jackson.databind.node.ObjectNode bitmap() {
    return Json.object("node", names.scratch(0)).put("name", names.pauseMark());
  }
}
