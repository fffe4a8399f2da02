package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;

/**
 * How many clusters of a qcow2 image storing its bitmaps takes, at most: QEMU leaves out the parts
 * of a bitmap that are all clean, which is not counted on.
 *
 * <p>QEMU allocates everything anew and frees what was stored before only when all is written, so
 * what the bitmaps occupy already does not help. Sources: {@code docs/interop/qcow2.txt}, section
 * "Bitmaps extension", and {@code qcow2_store_persistent_dirty_bitmaps} in {@code
 * block/qcow2-bitmap.c}.
 */
final class BitmapFootprint {
  /**
   * A directory entry without name and extra data, which QEMU does not write; padded to {@link
   * #ENTRY_ALIGNMENT}.
   */
  private static final long ENTRY = 24;

  private static final long ENTRY_ALIGNMENT = 8;
  private static final long TABLE_ENTRY = 8;

  /**
   * Clusters to leave besides, see {@link BitmapRoom#margin}: the guest goes on writing until it is
   * shut down, and each new part of the image needs L2 tables, too, which QEMU may flush last.
   */
  private static final long MARGIN = 16;

  private final long size;
  private final long cluster;
  private final long refcountBits;
  private long clusters;
  private long directory;

  private BitmapFootprint(long size, long cluster, long refcountBits) {
    this.size = size;
    this.cluster = cluster;
    this.refcountBits = refcountBits;
  }

  /** For an image as QEMU describes it. */
  static BitmapFootprint of(BlockGraph.Node node) {
    JsonNode image = node.info().path("image");
    return new BitmapFootprint(
        node.size(),
        image.path("cluster-size").asLong(1 << 16),
        image.path("format-specific").path("data").path("refcount-bits").asLong(16));
  }

  /** One that exists; a transient one costs nothing. */
  BitmapFootprint plus(Bitmap bitmap) {
    int nameBytes = bitmap.name().getBytes(StandardCharsets.UTF_8).length;
    if (bitmap.persistent() && bitmap.inconsistent()) {
      // Its data stays where it is, but it has its line in the new directory.
      plusEntry(nameBytes);
    } else if (bitmap.persistent()) {
      plus(bitmap.granularity(), nameBytes);
    }
    return this;
  }

  /** One with this granularity and a name of so many bytes. */
  BitmapFootprint plus(long granularity, int nameBytes) {
    long bits = ceil(size, granularity);
    long data = ceil(ceil(bits, 8), cluster);
    clusters += data + ceil(data * TABLE_ENTRY, cluster);
    plusEntry(nameBytes);
    return this;
  }

  private void plusEntry(int nameBytes) {
    directory += ceil(ENTRY + nameBytes, ENTRY_ALIGNMENT) * ENTRY_ALIGNMENT;
  }

  /** Bytes, in whole clusters. */
  long bytes() {
    if (directory == 0) {
      return 0;
    }
    long all = clusters + ceil(directory, cluster);
    return (all + refcountBlocks(all)) * cluster;
  }

  /**
   * Blocks that the new clusters may need, themselves included. The last one that there is may be
   * full; where blocks are small, the table of the blocks may have to grow with them, by a cluster
   * for each {@code cluster / 8} new blocks, and it moves as a whole then. That it moves is not
   * counted: it is what {@link #MARGIN} can take for all images but those with clusters of 512
   * bytes.
   */
  private long refcountBlocks(long all) {
    long perBlock = cluster * 8 / refcountBits;
    long blocks = 1 + ceil(all, perBlock);
    return blocks + ceil(blocks * TABLE_ENTRY, cluster) - 1;
  }

  long margin() {
    return MARGIN * cluster;
  }

  private static long ceil(long value, long unit) {
    return (value + unit - 1) / unit;
  }
}
