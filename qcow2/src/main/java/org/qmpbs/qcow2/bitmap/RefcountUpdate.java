package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.qmpbs.qcow2.Qcow2Header;

/**
 * Counts the clusters that were taken, so that they are nobody else's.
 *
 * <p>Clusters behind those that any refcount block counts need new blocks. These are never hung
 * into the table that is there: a block and the block that counts it would have to appear at the
 * same time. Instead the table is copied, with the new blocks and, if it was full, with more room,
 * and one sector of the header turns to the copy. Until then the old table holds, in which only
 * refcounts went from 0 to 1: clusters that nothing uses, which is the worst that a crash leaves.
 */
final class RefcountUpdate {
  /** block/qcow2.h, QCOW_MAX_REFTABLE_SIZE, in bytes. */
  private static final long MOST_TABLE_BYTES = 8 << 20;

  private final Path path;
  private final ImageFile file;
  private final Refcounts refcounts;
  private final ClusterAllocator allocator;
  private final int clusterSize;
  private final Map<Long, Long> newBlocks = new TreeMap<>();
  private Optional<Qcow2Header.Table> newTable = Optional.empty();

  RefcountUpdate(StrictImage image, Refcounts refcounts, ClusterAllocator allocator) {
    this.path = image.path();
    this.file = image.file();
    this.refcounts = refcounts;
    this.allocator = allocator;
    this.clusterSize = image.header().clusterSize();
  }

  /**
   * Writes new blocks and a new table where they are needed. After this no more clusters may be
   * taken. Nothing that exists is changed.
   *
   * @return the new table, if there is one
   */
  Optional<Qcow2Header.Table> prepare() throws IOException {
    placeBlocks();
    if (!newBlocks.isEmpty()) {
      placeTable();
      writeBlocks();
      writeTable();
    }
    return newTable;
  }

  /** Counts what old blocks count. To be flushed before the header turns to a new table. */
  void countInPlace() throws IOException {
    for (Map.Entry<Long, BitSet> stretch : allocator.taken().stretches().entrySet()) {
      if (refcounts.blockOffset(stretch.getKey()) != 0) {
        refcounts.take(stretch.getKey(), stretch.getValue());
      }
    }
  }

  /** A new block is a cluster that may need another new block, and so on; seldom more than once. */
  private void placeBlocks() throws IOException {
    Optional<Long> missing = missing();
    while (missing.isPresent()) {
      newBlocks.put(missing.get(), allocator.allocate());
      missing = missing();
    }
  }

  private Optional<Long> missing() {
    return allocator.taken().stretches().keySet().stream()
        .filter(stretch -> refcounts.blockOffset(stretch) == 0 && !newBlocks.containsKey(stretch))
        .findFirst();
  }

  private void placeTable() throws IOException {
    long bytes = tableBytes();
    long offset = allocator.allocateRun(bytes);
    placeBlocks();
    while (tableBytes() > bytes) {
      allocator.giveBack(offset, bytes);
      bytes = tableBytes();
      offset = allocator.allocateRun(bytes);
      placeBlocks();
    }
    newTable = Optional.of(new Qcow2Header.Table(offset, (int) (bytes / Long.BYTES)));
  }

  /** In whole clusters; half as much again as is needed, if the old one is too small. */
  private long tableBytes() throws BitmapRefusedException {
    long needed = newBlocks.keySet().stream().mapToLong(Long::longValue).max().orElseThrow() + 1;
    long old = refcounts.tableEntries();
    if (needed <= old) {
      return old * Long.BYTES;
    }
    if (needed * Long.BYTES > MOST_TABLE_BYTES) {
      throw Refusals.noRoom(path);
    }
    long bytes = Math.min(MOST_TABLE_BYTES, (needed + needed / 2) * Long.BYTES);
    return bytes + clusterSize - 1 & -clusterSize;
  }

  private void writeBlocks() throws IOException {
    for (Map.Entry<Long, Long> each : newBlocks.entrySet()) {
      RefcountBlock block = new RefcountBlock(new byte[clusterSize], refcounts.width());
      BitSet taken = allocator.taken().stretches().getOrDefault(each.getKey(), new BitSet());
      taken.stream().forEach(index -> block.set(index, 1));
      file.write(each.getValue(), ByteBuffer.wrap(block.bytes()));
    }
  }

  private void writeTable() throws IOException {
    Qcow2Header.Table table = newTable.orElseThrow();
    long[] entries = Arrays.copyOf(refcounts.table(), table.entries());
    newBlocks.forEach((stretch, offset) -> entries[stretch.intValue()] = offset);
    ByteBuffer bytes = ByteBuffer.allocate(entries.length * Long.BYTES);
    bytes.asLongBuffer().put(entries);
    file.write(table.offset(), bytes);
  }
}
