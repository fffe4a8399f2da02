package org.qmpbs.qcow2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;

/**
 * Reads qcow2 images straight from the format's description, sharing nothing with the writer: plain
 * images of 64 KiB clusters and 16-bit refcounts, that is all.
 */
final class TinyReader implements AutoCloseable {
  private static final long OFFSET_MASK = 0x00fffffffffffe00L;
  private static final int CLUSTER = 65536;

  private final FileChannel file;
  private final ByteBuffer header;

  TinyReader(Path image) throws IOException {
    file = FileChannel.open(image, StandardOpenOption.READ);
    header = at(0, CLUSTER);
    assertThat(header.getInt(0)).isEqualTo(0x514649fb);
    assertThat(header.getInt(4)).isEqualTo(3);
    assertThat(header.getInt(20)).isEqualTo(16);
    assertThat(header.getInt(96)).isEqualTo(4);
  }

  long size() {
    return header.getLong(24);
  }

  /** One cluster of the disk; null where nothing is allocated. */
  byte[] cluster(long guestCluster) throws IOException {
    long offset = dataOffset(guestCluster);
    return offset == 0 ? null : at(offset, CLUSTER).array();
  }

  private long dataOffset(long guestCluster) throws IOException {
    long l1Index = guestCluster >> 13;
    assertThat(l1Index).isLessThan(header.getInt(36));
    long l1Entry = at(header.getLong(40) + l1Index * 8, 8).getLong(0);
    if (l1Entry == 0) {
      return 0;
    }
    assertThat(l1Entry & ~OFFSET_MASK).isEqualTo(Long.MIN_VALUE);
    long l2Entry = at((l1Entry & OFFSET_MASK) + (guestCluster & 8191) * 8, 8).getLong(0);
    if (l2Entry == 0) {
      return 0;
    }
    assertThat(l2Entry & ~OFFSET_MASK).isEqualTo(Long.MIN_VALUE);
    return l2Entry & OFFSET_MASK;
  }

  /** Every cluster of the file is used once, counted once, and nothing lies beyond its end. */
  void assertEveryClusterIsUsedOnce() throws IOException {
    BitSet used = new BitSet();
    use(used, 0, 1);
    int l1Entries = header.getInt(36);
    long l1 = header.getLong(40);
    use(used, l1, (l1Entries * 8L + CLUSTER - 1) / CLUSTER);
    long table = header.getLong(48);
    use(used, table, header.getInt(56));
    for (int i = 0; i < header.getInt(56) * 8192; i++) {
      long block = at(table + i * 8L, 8).getLong(0);
      if (block != 0) {
        use(used, block, 1);
      }
    }
    for (int i = 0; i < l1Entries; i++) {
      long l2 = at(l1 + i * 8L, 8).getLong(0) & OFFSET_MASK;
      if (l2 != 0) {
        use(used, l2, 1);
        ByteBuffer entries = at(l2, CLUSTER);
        for (int j = 0; j < 8192; j++) {
          if (entries.getLong(j * 8) != 0) {
            use(used, entries.getLong(j * 8) & OFFSET_MASK, 1);
          }
        }
      }
    }
    assertThat(used.nextClearBit(0)).as("first unused cluster").isEqualTo(used.length());
    assertThat(file.size()).isEqualTo((long) used.length() * CLUSTER);
    assertRefcounts(table, used.length());
  }

  private void assertRefcounts(long table, int clusters) throws IOException {
    for (int i = 0; i < header.getInt(56) * 8192L; i++) {
      long block = at(table + i * 8L, 8).getLong(0);
      if (block == 0) {
        assertThat(i * 32768L).isGreaterThanOrEqualTo(clusters);
        continue;
      }
      ByteBuffer counts = at(block, CLUSTER);
      for (int j = 0; j < 32768; j++) {
        int expected = i * 32768L + j < clusters ? 1 : 0;
        if (counts.getShort(j * 2) != expected) {
          throw new AssertionError("refcount of cluster " + (i * 32768L + j));
        }
      }
    }
  }

  private static void use(BitSet used, long offset, long clusters) {
    assertThat(offset % CLUSTER).isZero();
    for (int i = 0; i < clusters; i++) {
      int cluster = Math.toIntExact(offset / CLUSTER + i);
      if (used.get(cluster)) {
        throw new AssertionError("cluster " + cluster + " is used twice");
      }
      used.set(cluster);
    }
  }

  private ByteBuffer at(long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      assertThat(file.read(buffer, offset + buffer.position())).as("end of file").isPositive();
    }
    return buffer;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
