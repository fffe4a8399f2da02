package org.qmpbs.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QmpCommandException;

/** Single changes to the bitmaps of a disk. */
final class Bitmaps {
  private Bitmaps() {}

  /** Removes a bitmap; that it is not there, or the node is not, is fine. */
  static void remove(Monitor monitor, String node, String name) throws IOException {
    try {
      monitor.execute("block-dirty-bitmap-remove", BitmapActions.remove(node, name));
    } catch (QmpCommandException e) {
      if (exists(BlockGraph.query(monitor), node, name)) {
        throw e;
      }
    }
  }

  static boolean exists(BlockGraph graph, String node, String name) {
    return graph
        .node(node)
        .map(found -> Json.elements(found.info().path("dirty-bitmaps")))
        .orElse(List.of())
        .stream()
        .anyMatch(bitmap -> Json.text(bitmap, "name").equals(name));
  }

  static void add(Monitor monitor, Disk disk, String name) throws IOException {
    ObjectNode arguments = BitmapActions.addEpoch(disk, name);
    monitor.execute("block-dirty-bitmap-add", arguments);
  }
}
