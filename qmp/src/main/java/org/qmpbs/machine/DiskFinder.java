package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * From QEMU's drives to disks with names that stay.
 *
 * <p>A disk's name is that of its archive on the server, so it must not change when the machine is
 * restarted or a filter comes and goes: ids that the user or QEMU's machine type gives are taken,
 * numbers that QEMU counts up are not.
 */
final class DiskFinder {
  /**
   * Drivers that present their child's bytes unchanged; the dirty bitmaps belong below them, on the
   * node that can store them.
   */
  private static final Set<String> FILTERS =
      Set.of(
          "blkdebug",
          "blklogwrites",
          "commit_top",
          "compress",
          "copy-before-write",
          "copy-on-read",
          "mirror_top",
          "preallocate",
          "throttle");

  /** The role of a filter's one child differs. */
  private static final List<String> FILTERED_CHILD = List.of("file", "image", "backing");

  private static final Pattern PERIPHERAL = Pattern.compile("/machine/peripheral/([^/]+)(/.*)?");

  private final BlockGraph graph;

  DiskFinder(BlockGraph graph) {
    this.graph = graph;
  }

  /**
   * The writable disks, in QEMU's order.
   *
   * @throws UnsafeMachineException if two have the same name
   */
  List<Disk> disks() throws UnsafeMachineException {
    Map<String, Disk> byName = new HashMap<>();
    List<Disk> disks = new ArrayList<>();
    for (BlockGraph.Drive drive : graph.drives()) {
      String root = drive.rootNode();
      if (root == null || drive.readOnly()) {
        continue;
      }
      Disk disk = disk(drive, root);
      Disk other = byName.put(disk.name(), disk);
      if (other != null) {
        throw new UnsafeMachineException(
            "two disks of this machine are both called "
                + disk.name()
                + ": "
                + other.filename()
                + " and "
                + disk.filename(),
            "give each -device its own id and start the machine again");
      }
      disks.add(disk);
    }
    return disks;
  }

  List<SkippedDrive> skipped() {
    List<SkippedDrive> skipped = new ArrayList<>();
    for (BlockGraph.Drive drive : graph.drives()) {
      if (drive.rootNode() == null) {
        skipped.add(new SkippedDrive(name(drive, ""), SkippedDrive.Reason.EMPTY));
      } else if (drive.readOnly()) {
        skipped.add(
            new SkippedDrive(
                name(drive, belowFilters(drive.rootNode())), SkippedDrive.Reason.READ_ONLY));
      }
    }
    return skipped;
  }

  private Disk disk(BlockGraph.Drive drive, String root) {
    String formatNode = belowFilters(root);
    Optional<BlockGraph.Node> node = graph.node(formatNode);
    JsonNode info = node.map(BlockGraph.Node::info).orElse(Json.object());
    String format = node.map(BlockGraph.Node::driver).orElse("unknown");
    JsonNode image = info.path("image");
    return new Disk(
        name(drive, formatNode),
        drive.qdevPath(),
        drive.device(),
        root,
        formatNode,
        format,
        image.path("filename").asText(Json.text(info, "file")),
        node.map(BlockGraph.Node::size).orElse(-1L),
        node.map(BlockGraph.Node::storesBitmaps).orElse(false),
        node.map(Bitmaps::of).orElse(List.of()));
  }

  /** The first node that is no filter, {@code top} or what it presents unchanged. */
  String belowFilters(String top) {
    String node = top;
    Optional<String> below = Optional.of(top);
    // A graph has no cycles, and every step goes down.
    while (below.isPresent()) {
      node = below.get();
      below = filtered(node);
    }
    return node;
  }

  private Optional<String> filtered(String node) {
    if (!graph.node(node).map(BlockGraph.Node::driver).filter(FILTERS::contains).isPresent()) {
      return Optional.empty();
    }
    return FILTERED_CHILD.stream()
        .map(role -> graph.child(node, role))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static String name(BlockGraph.Drive drive, String formatNode) {
    String path = drive.qdevPath();
    Matcher peripheral = PERIPHERAL.matcher(path == null ? "" : path);
    if (peripheral.matches()) {
      return peripheral.group(1);
    }
    String root = drive.rootNode();
    for (@Nullable String candidate :
        new @Nullable String[] {drive.device(), formatNode, root, path}) {
      if (candidate != null
          && !candidate.isEmpty()
          && !candidate.startsWith("#")
          && RunNames.runOf(candidate).isEmpty()) {
        return candidate;
      }
    }
    return "unnamed";
  }
}
