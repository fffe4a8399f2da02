package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.qmpbs.qcow2.HeaderExtension;

/** Puts a long directory into an image that has clusters of 64 KiB and nothing but its metadata. */
final class ManyBitmaps {
  private static final int CLUSTER = 1 << 16;

  /** Behind the header, refcount table, refcount block and L1 table that qemu-img makes. */
  private static final int FIRST_FREE = 4;

  private ManyBitmaps() {}

  /** Names are the numbers from 0 on; each bitmap has a table of one entry. */
  static void write(FileChannel image, int count) throws IOException {
    int size = 0;
    for (int i = 0; i < count; i++) {
      size += (int) DirectoryEntry.size(Integer.toString(i).length(), 0);
    }
    int tables = FIRST_FREE + (size + CLUSTER - 1) / CLUSTER;
    ByteBuffer directory = ByteBuffer.allocate(size);
    for (int i = 0; i < count; i++) {
      DirectoryEntry.of((long) (tables + i) * CLUSTER, 1, 2, 16, BitmapName.of(Integer.toString(i)))
          .encode(directory);
    }
    image.write(directory.rewind(), (long) FIRST_FREE * CLUSTER);
    image.write(ByteBuffer.allocate(CLUSTER), (long) (tables + count) * CLUSTER - CLUSTER);
    writeRefcounts(image, tables + count);
    ByteBuffer head = ByteBuffer.allocate(CLUSTER);
    image.read(head, 0);
    int at = BitmapScan.of(new ChannelImageFile(image, false)).area().endMark();
    head.putLong(88, 1).putInt(at, HeaderExtension.BITMAPS).putInt(at + 4, 24);
    head.put(at + 8, new BitmapsExtension(count, 0, size, (long) FIRST_FREE * CLUSTER).encode());
    image.write(head.rewind(), 0);
  }

  /** Two bytes each: the block that is there, and more behind all the rest. */
  private static void writeRefcounts(FileChannel image, int clusters) throws IOException {
    int perBlock = CLUSTER / 2;
    int blocks = (clusters + 3 + perBlock - 1) / perBlock;
    ByteBuffer table = ByteBuffer.allocate(8 * blocks);
    for (int block = 0; block < blocks; block++) {
      long offset = block == 0 ? 2L * CLUSTER : (long) (clusters + block - 1) * CLUSTER;
      table.putLong(offset);
      ByteBuffer counts = ByteBuffer.allocate(CLUSTER);
      for (int i = 0; i < perBlock; i++) {
        boolean used = block * perBlock + i < clusters + blocks - 1;
        counts.putShort((short) (used ? 1 : 0));
      }
      image.write(counts.rewind(), offset);
    }
    image.write(table.rewind(), CLUSTER);
  }
}
