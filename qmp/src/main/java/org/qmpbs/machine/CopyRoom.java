package org.qmpbs.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How much room copies of disks will take, and whether it is there.
 *
 * <p>What a copy takes is what the image takes now, and never more than the disk's size: zeros and
 * what was never written take nothing. Compressed images, by qcow2 or by their file system, can
 * take more in the copy than they do themselves; that, and others that fill the file system
 * meanwhile, make the copy fail and not the guest, so this is a courtesy and no guard.
 */
final class CopyRoom {
  /**
   * What qcow2 adds, generously: tables of 8 bytes for each cluster of 64 KiB and counters of 2, in
   * whole clusters.
   */
  private static final long SHARE_OF_TABLES = 4096;

  private static final long FIRST_TABLES = 1 << 20;

  private static final long MIB = 1 << 20;

  private final BlockGraph graph;

  CopyRoom(BlockGraph graph) {
    this.graph = graph;
  }

  /** Bytes that a copy of this disk takes at most, as far as can be known. */
  long need(Disk disk) {
    return Math.min(disk.size(), allocated(disk)) + disk.size() / SHARE_OF_TABLES + FIRST_TABLES;
  }

  /** What the files under a disk take, or its size where they are something else. */
  private long allocated(Disk disk) {
    long sum = 0;
    for (String name : graph.reachable(disk.formatNode())) {
      if (graph.hasChildren(name)) {
        continue;
      }
      BlockGraph.Node leaf = graph.node(name).orElse(null);
      long bytes = leaf == null ? -1 : leaf.info().path("image").path("actual-size").asLong(-1);
      if (leaf == null || !leaf.driver().equals("file") || bytes < 0) {
        return disk.size();
      }
      sum += bytes;
    }
    return sum;
  }

  /**
   * Refuses where it is known not to fit.
   *
   * @param file one of the scratch files; all lie in one directory
   */
  void require(List<Part> parts, Path file) throws IOException {
    long need = 0;
    for (Part part : parts) {
      need += need(part.disk());
    }
    long room = Files.getFileStore(file).getUsableSpace();
    if (room < need) {
      throw new ScratchRoomException(
          "the scratch directory "
              + file.getParent()
              + " has room for "
              + room / MIB
              + " MiB, and a copy of the disks takes up to "
              + (need + MIB - 1) / MIB
              + " MiB: a disk runs in an iothread, and this QEMU can only be backed up through a"
              + " copy then");
    }
  }
}
