package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QmpCommandException;

/**
 * QEMU's block nodes and the guest's drives at one moment.
 *
 * <p>Two queries do not show one moment, but nothing of the graph changes by itself; it changes by
 * commands, and the monitor serves only us (a second monitor or the end of a job may interfere,
 * then a later command fails and everything is undone).
 */
final class BlockGraph {
  /** A block node. */
  record Node(String name, String driver, boolean readOnly, JsonNode info) {
    /** Bytes that the node presents. */
    long size() {
      return info.path("image").path("virtual-size").asLong(-1);
    }

    /** Internal snapshots of the image. */
    int snapshots() {
      return info.path("image").path("snapshots").size();
    }

    /**
     * Whether a bitmap that is stored here can be relied on later: the format has a place for it
     * (qcow2 version 3), and the data stands in the same file. What is in an external data file can
     * be mounted, copied and rolled back without QEMU, and a bitmap that outlives QEMU would not
     * know.
     */
    boolean storesBitmaps() {
      JsonNode specific = info.path("image").path("format-specific").path("data");
      return driver.equals("qcow2")
          && Json.text(specific, "compat").equals("1.1")
          && Json.text(specific, "data-file").isEmpty();
    }
  }

  /** What the guest has; without a root node there is no medium in it. */
  record Drive(String device, String qdev, @Nullable String rootNode, boolean readOnly) {
    /** Absolute path in QEMU's object tree, or null when the drive belongs to no device. */
    @Nullable String qdevPath() {
      if (qdev.isEmpty() || qdev.startsWith("/")) {
        return qdev.isEmpty() ? null : qdev;
      }
      return "/machine/peripheral/" + qdev;
    }
  }

  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> children = new HashMap<>();
  private final Map<String, Set<String>> jobs = new HashMap<>();
  private final List<Drive> drives = new ArrayList<>();

  private BlockGraph() {}

  static BlockGraph query(Monitor monitor) throws IOException {
    BlockGraph graph = new BlockGraph();
    for (JsonNode info :
        monitor.execute("query-named-block-nodes", Json.object().put("flat", true))) {
      String name = Json.text(info, "node-name");
      graph.nodes.put(
          name, new Node(name, Json.text(info, "drv"), info.path("ro").asBoolean(), info));
      for (JsonNode child : info.path("children")) {
        graph.addChild(name, Json.text(child, "child"), Json.text(child, "node-name"));
      }
    }
    graph.addDebugEdges(monitor);
    for (JsonNode block : monitor.execute("query-block")) {
      JsonNode inserted = block.path("inserted");
      graph.drives.add(
          new Drive(
              Json.text(block, "device"),
              Json.text(block, "qdev"),
              inserted.isObject() ? Json.text(inserted, "node-name") : null,
              inserted.path("ro").asBoolean()));
    }
    return graph;
  }

  /** Older versions tell edges only here, and every version tells the jobs' nodes only here. */
  private void addDebugEdges(Monitor monitor) throws IOException {
    JsonNode debug;
    try {
      debug = monitor.execute("x-debug-query-block-graph");
    } catch (QmpCommandException e) {
      // An unstable command may go away; whoever needs its edges finds none and says so.
      return;
    }
    Map<Long, JsonNode> byId = new HashMap<>();
    debug.path("nodes").forEach(node -> byId.put(node.path("id").asLong(), node));
    for (JsonNode edge : debug.path("edges")) {
      JsonNode parent = byId.getOrDefault(edge.path("parent").asLong(), Json.object());
      JsonNode child = byId.getOrDefault(edge.path("child").asLong(), Json.object());
      String name = Json.text(parent, "name");
      switch (Json.text(parent, "type")) {
        case "block-driver" -> addChild(name, Json.text(edge, "name"), Json.text(child, "name"));
        case "block-job" ->
            jobs.computeIfAbsent(name, key -> new LinkedHashSet<>()).add(Json.text(child, "name"));
        default -> {}
      }
    }
  }

  private void addChild(String parent, String role, String child) {
    children.computeIfAbsent(parent, key -> new LinkedHashMap<>()).put(role, child);
  }

  List<Drive> drives() {
    return drives;
  }

  Iterable<Node> nodes() {
    return nodes.values();
  }

  Optional<Node> node(String name) {
    return Optional.ofNullable(nodes.get(name));
  }

  /** The node that {@code parent} uses as {@code role}, for instance "file". */
  Optional<String> child(String parent, String role) {
    return Optional.ofNullable(children.getOrDefault(parent, Map.of()).get(role));
  }

  /** Whether {@code parent} uses any other node. */
  boolean hasChildren(String parent) {
    return !children.getOrDefault(parent, Map.of()).isEmpty();
  }

  /** {@code top} and everything under it. */
  Set<String> reachable(String top) {
    Set<String> seen = new LinkedHashSet<>();
    ArrayDeque<String> open = new ArrayDeque<>(List.of(top));
    while (!open.isEmpty()) {
      String node = open.removeFirst();
      if (seen.add(node)) {
        open.addAll(children.getOrDefault(node, Map.of()).values());
      }
    }
    return seen;
  }

  /** Where {@code top} and everything under it has its bytes. */
  List<String> files(String top) {
    return reachable(top).stream()
        .filter(node -> children.getOrDefault(node, Map.of()).isEmpty())
        .map(this::node)
        .flatMap(Optional::stream)
        .map(node -> Json.text(node.info().path("image"), "filename"))
        .toList();
  }

  /** The nodes that a job works on, or empty if QEMU does not tell. */
  Optional<Set<String>> jobNodes(String job) {
    return Optional.ofNullable(jobs.get(job));
  }
}
