package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a disk has to contain: a mirror of everything a test wrote, kept apart from QEMU. A copy
 * taken at an instant is the image that the backup of this instant has to restore, byte for byte.
 *
 * <p>Sparse, so that a disk of a terabyte costs what was written to it.
 */
final class DiskModel {
  private static final int BLOCK = 64 << 10;

  private final Map<Long, byte[]> blocks = new TreeMap<>();
  private long size;

  DiskModel(long size) {
    this.size = size;
  }

  private DiskModel(DiskModel other) {
    size = other.size;
    other.blocks.forEach((index, block) -> blocks.put(index, block.clone()));
  }

  long size() {
    return size;
  }

  /** The content now; later writes do not change it. */
  DiskModel copy() {
    return new DiskModel(this);
  }

  /** The guest wrote {@code data} at {@code offset}. */
  void write(long offset, byte[] data) {
    if (offset < 0 || offset + data.length > size) {
      throw new IllegalArgumentException(
          "write of " + data.length + " at " + offset + " of a disk of " + size);
    }
    int done = 0;
    while (done < data.length) {
      long position = offset + done;
      int inBlock = (int) (position % BLOCK);
      int count = Math.min(BLOCK - inBlock, data.length - done);
      byte[] block = blocks.computeIfAbsent(position / BLOCK, index -> new byte[BLOCK]);
      System.arraycopy(data, done, block, inBlock, count);
      done += count;
    }
  }

  /** The disk grew (with zeros) or shrank. */
  void resize(long newSize) {
    blocks.keySet().removeIf(index -> index * BLOCK >= newSize);
    byte[] last = blocks.get(newSize / BLOCK);
    if (last != null) {
      Arrays.fill(last, (int) (newSize % BLOCK), BLOCK, (byte) 0);
    }
    size = newSize;
  }

  /**
   * Compares with a raw image. Only what either side holds is read: holes are zeros, and a block
   * that nobody wrote has to be zeros.
   */
  void assertIsContentOf(Path rawImage) {
    try (FileChannel channel = FileChannel.open(rawImage)) {
      assertThat(channel.size()).as("size of %s", rawImage).isEqualTo(size);
      SortedSet<Long> interesting = new TreeSet<>(blocks.keySet());
      for (Qemu.Range range : Qemu.dataRanges(rawImage, ImageFormat.RAW)) {
        long end = range.offset() + range.length();
        for (long index = range.offset() / BLOCK; index * BLOCK < end; index++) {
          interesting.add(index);
        }
      }
      for (long index : interesting) {
        compareBlock(channel, index, rawImage);
      }
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  private void compareBlock(FileChannel channel, long index, Path image) throws IOException {
    int length = (int) Math.min(BLOCK, size - index * BLOCK);
    byte[] actual = read(channel, index * BLOCK, length);
    byte[] expected = Arrays.copyOf(blocks.getOrDefault(index, new byte[BLOCK]), length);
    int difference = Arrays.mismatch(expected, actual);
    if (difference >= 0) {
      throw new AssertionError(
          String.format(
              "%s differs at byte %d (chunk %d): expected %02x, found %02x",
              image,
              index * BLOCK + difference,
              (index * BLOCK + difference) >> 22,
              expected[difference],
              actual[difference]));
    }
  }

  private static byte[] read(FileChannel channel, long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw new IOException("image ends at " + (offset + buffer.position()));
      }
    }
    return buffer.array();
  }
}
