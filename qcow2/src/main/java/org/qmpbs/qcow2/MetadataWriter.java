package org.qmpbs.qcow2;

import static org.qmpbs.qcow2.Qcow2Layout.CLUSTER_SIZE;
import static org.qmpbs.qcow2.Qcow2Layout.TABLE_ENTRIES;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Writes the tables of a {@link Qcow2Layout}, one cluster at a time, with one buffer. All integers
 * are big-endian.
 */
final class MetadataWriter {
  /** Bit 63 of L1 and L2 entries: the refcount is exactly one, write in place. */
  private static final long COPIED = 1L << 63;

  private final FileChannel channel;
  private final Qcow2Layout layout;
  private final ByteBuffer cluster = ByteBuffer.allocate(CLUSTER_SIZE);

  MetadataWriter(FileChannel channel, Qcow2Layout layout) {
    this.channel = channel;
    this.layout = layout;
  }

  /** Everything but the header. */
  void writeTables() throws IOException {
    writeRefcountTable();
    writeRefcountBlocks();
    writeL1Table();
    writeL2Tables();
  }

  /** The header, which makes an image of the file. */
  void writeHeader() throws IOException {
    cluster.clear();
    cluster
        .putInt(HeaderFormat.MAGIC)
        .putInt(3)
        .putLong(0) // no backing file
        .putInt(0)
        .putInt(Qcow2Layout.CLUSTER_BITS)
        .putLong(layout.virtualSize())
        .putInt(0) // no encryption
        .putInt(layout.l1Entries())
        .putLong(layout.l1Offset())
        .putLong(layout.refcountTableOffset())
        .putInt(layout.refcountTableClusters())
        .putInt(0) // no snapshots
        .putLong(0)
        .putLong(0) // no incompatible, compatible or autoclear feature
        .putLong(0)
        .putLong(0)
        .putInt(4) // refcounts of 1 << 4 bits
        .putInt(HeaderFormat.V3_LENGTH);
    flush(0);
  }

  private void writeRefcountTable() throws IOException {
    long blocks = (layout.l1Offset() - layout.refcountBlockOffset()) / CLUSTER_SIZE;
    long block = 0;
    for (int i = 0; i < layout.refcountTableClusters(); i++) {
      cluster.clear();
      for (int entry = 0; entry < TABLE_ENTRIES && block < blocks; entry++) {
        cluster.putLong(layout.refcountBlockOffset() + block * CLUSTER_SIZE);
        block++;
      }
      flush(layout.refcountTableOffset() + (long) i * CLUSTER_SIZE);
    }
  }

  private void writeRefcountBlocks() throws IOException {
    long remaining = layout.clusterCount();
    for (long at = layout.refcountBlockOffset(); at < layout.l1Offset(); at += CLUSTER_SIZE) {
      cluster.clear();
      for (int entry = 0; entry < Qcow2Layout.REFCOUNTS_PER_BLOCK && remaining > 0; entry++) {
        cluster.putShort((short) 1);
        remaining--;
      }
      flush(at);
    }
  }

  private void writeL1Table() throws IOException {
    int entries = layout.l1Entries();
    long nextTable = layout.l2Offset();
    long at = layout.l1Offset();
    cluster.clear();
    for (int entry = 0; entry < entries; entry++) {
      if (layout.hasL2Table(entry)) {
        cluster.putLong(nextTable | COPIED);
        nextTable += CLUSTER_SIZE;
      } else {
        cluster.putLong(0);
      }
      if (!cluster.hasRemaining() || entry == entries - 1) {
        flush(at);
        at += CLUSTER_SIZE;
        cluster.clear();
      }
    }
  }

  private void writeL2Tables() throws IOException {
    long at = layout.l2Offset();
    int chunk = layout.nextAllocated(0);
    while (chunk >= 0) {
      int table = chunk / Qcow2Layout.CHUNKS_PER_L2_TABLE;
      cluster.clear();
      cluster.put(new byte[CLUSTER_SIZE]).clear();
      while (chunk >= 0 && chunk / Qcow2Layout.CHUNKS_PER_L2_TABLE == table) {
        putEntries(chunk);
        chunk = layout.nextAllocated(chunk + 1);
      }
      cluster.position(CLUSTER_SIZE);
      flush(at);
      at += CLUSTER_SIZE;
    }
  }

  private void putEntries(int chunk) {
    int perChunk = Qcow2Layout.CHUNK_SIZE / CLUSTER_SIZE;
    int entry = chunk % Qcow2Layout.CHUNKS_PER_L2_TABLE * perChunk;
    long data = layout.chunkOffset(chunk);
    long end = data + layout.chunkLength(chunk);
    for (; data < end; data += CLUSTER_SIZE) {
      cluster.putLong(entry * Long.BYTES, data | COPIED);
      entry++;
    }
  }

  /** Writes what was put into the buffer and zeros behind it. */
  private void flush(long at) throws IOException {
    cluster.put(new byte[cluster.remaining()]).flip();
    PositionedIo.write(channel, cluster, at);
  }
}
