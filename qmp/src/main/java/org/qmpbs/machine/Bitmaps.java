package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QmpCommandException;

/** The bitmaps of nodes, and single changes to them. */
final class Bitmaps {
  private Bitmaps() {}

  /** Those of a node that have a name; QEMU's jobs make some without. */
  static List<Bitmap> of(BlockGraph.Node node) {
    List<Bitmap> bitmaps = new ArrayList<>();
    for (JsonNode each : node.info().path("dirty-bitmaps")) {
      String name = Json.text(each, "name");
      if (!name.isEmpty()) {
        bitmaps.add(
            new Bitmap(
                name,
                each.path("recording").asBoolean(),
                each.path("persistent").asBoolean(),
                each.path("busy").asBoolean(),
                each.path("inconsistent").asBoolean(),
                each.path("granularity").asLong(),
                each.path("count").asLong()));
      }
    }
    return bitmaps;
  }

  /** The node, or what others may have been meant. */
  static BlockGraph.Node requireNode(BlockGraph graph, String name) throws BitmapChangeException {
    return graph.node(name).orElseThrow(() -> noSuchNode(graph, name));
  }

  private static BitmapChangeException noSuchNode(BlockGraph graph, String name) {
    List<String> candidates = new ArrayList<>();
    for (BlockGraph.Node node : graph.nodes()) {
      if (node.storesBitmaps() || !of(node).isEmpty()) {
        candidates.add(node.name());
      }
    }
    return new BitmapChangeException(
        BitmapChangeException.Reason.NO_SUCH_NODE,
        "this machine has no block node " + name,
        candidates.isEmpty()
            ? "None of its nodes has bitmaps or could store one."
            : "Nodes that have bitmaps or can store them: " + String.join(", ", candidates) + ".");
  }

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
    return graph.node(node).map(Bitmaps::of).orElse(List.of()).stream()
        .anyMatch(bitmap -> bitmap.name().equals(name));
  }

  static void add(Monitor monitor, Disk disk, String name) throws IOException {
    ObjectNode arguments = BitmapActions.addEpoch(disk, name, true);
    monitor.execute("block-dirty-bitmap-add", arguments);
  }
}
