package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.qmpbs.qmp.Monitor;

/**
 * Finds out whether QEMU will have room for the bitmaps of its images.
 *
 * <p>For a file it is what is free on its file system, whatever holes the image has. Images on one
 * file system share it: what the others need is not there for one of them. For a block device it is
 * the part behind the highest offset that QEMU has written, which QEMU forgets when it ends: right
 * after a start it is not known, later it is the most that there can be. For everything else
 * (network storage, descriptors that were passed) nothing is known, and nothing is warned of.
 */
final class RoomFinder {
  /** Longer than the name of any epoch. */
  private static final int EPOCH_NAME_BYTES = 64;

  /** A place for bytes. */
  private record Place(String name, OptionalLong available, @Nullable FileStore store) {
    boolean device() {
      return available.isPresent() && store == null;
    }

    static Place unknown(String why) {
      return new Place("unknown: " + why, OptionalLong.empty(), null);
    }
  }

  private final Monitor monitor;
  private final BlockGraph graph;

  RoomFinder(Monitor monitor) throws IOException {
    this.monitor = monitor;
    this.graph = BlockGraph.query(monitor);
  }

  /** By the names of the disks; those that store no bitmaps are left out. */
  Map<String, BitmapRoom> find(List<Disk> disks) throws IOException {
    Map<String, BitmapRoom> rooms = new LinkedHashMap<>();
    Map<String, Place> places = new HashMap<>();
    Map<FileStore, Long> demand = new HashMap<>();
    for (Disk disk : disks) {
      BlockGraph.Node node = graph.node(disk.formatNode()).orElse(null);
      if (node == null || !disk.persistentBitmaps()) {
        continue;
      }
      Place place = place(node);
      BitmapFootprint footprint = BitmapFootprint.of(node);
      disk.bitmaps().forEach(footprint::plus);
      long stored = footprint.bytes();
      long next = footprint.plus(BitmapActions.GRANULARITY, EPOCH_NAME_BYTES).bytes();
      rooms.put(
          disk.name(),
          new BitmapRoom(
              stored, next, footprint.margin(), place.available(), place.device(), place.name()));
      places.put(disk.name(), place);
      FileStore store = place.store();
      if (store != null) {
        demand.merge(store, next, Long::sum);
      }
    }
    rooms.replaceAll((name, room) -> withoutOthers(room, places.get(name), demand));
    return rooms;
  }

  private static BitmapRoom withoutOthers(
      BitmapRoom room, @Nullable Place place, Map<FileStore, Long> demand) {
    FileStore store = place == null ? null : place.store();
    if (store == null || room.available().isEmpty()) {
      return room;
    }
    long others = demand.getOrDefault(store, room.next()) - room.next();
    long left = Math.max(0, room.available().getAsLong() - others);
    return new BitmapRoom(
        room.stored(), room.next(), room.margin(), OptionalLong.of(left), false, room.place());
  }

  /** Where the clusters of an image go; with an external data file, its bitmaps do not go there. */
  private Place place(BlockGraph.Node image) throws IOException {
    BlockGraph.Node file =
        graph
            .child(image.name(), "file")
            .map(new DiskFinder(graph)::belowFilters)
            .flatMap(graph::node)
            .orElse(null);
    if (file == null) {
      return Place.unknown("QEMU does not tell what the image lies on");
    }
    String name = Json.text(file.info().path("image"), "filename");
    return switch (file.driver()) {
      case "file" -> onFileSystem(name);
      case "host_device" -> onDevice(file, name);
      default -> Place.unknown(file.driver() + " storage");
    };
  }

  /**
   * QEMU's paths are looked up by this process, which may be in another mount namespace or working
   * directory; a file that is not there is not known, and so is one of QEMU's open descriptors.
   */
  private static Place onFileSystem(String name) {
    try {
      Path path = Path.of(name);
      if (!path.isAbsolute() || path.startsWith("/dev") || path.startsWith("/proc")) {
        return Place.unknown(name + " means a file to QEMU only");
      }
      FileStore store = Files.getFileStore(path);
      return new Place(name, OptionalLong.of(store.getUsableSpace()), store);
    } catch (InvalidPathException e) {
      return Place.unknown(name + " is no path");
    } catch (IOException e) {
      return Place.unknown("cannot look at " + name);
    }
  }

  private Place onDevice(BlockGraph.Node device, String name) throws IOException {
    long written = 0;
    for (JsonNode node :
        monitor.execute("query-blockstats", Json.object().put("query-nodes", true))) {
      if (Json.text(node, "node-name").equals(device.name())) {
        written = node.path("stats").path("wr_highest_offset").asLong();
      }
    }
    if (written <= 0 || device.size() < 0) {
      return Place.unknown("QEMU has not written to " + name + " since it started");
    }
    return new Place(name, OptionalLong.of(Math.max(0, device.size() - written)), null);
  }
}
