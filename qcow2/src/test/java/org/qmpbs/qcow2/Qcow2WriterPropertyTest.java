package org.qmpbs.qcow2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class Qcow2WriterPropertyTest {
  private static final int CHUNK = Qcow2Layout.CHUNK_SIZE;
  private static final int CLUSTER = 65536;

  @Property(tries = 60)
  void anIndependentReaderFindsEveryChunkInItsPlace(
      @ForAll @LongRange(min = 1, max = 1L << 33) long sectors,
      @ForAll @IntRange(max = 24) int allocated,
      @ForAll long seed)
      throws IOException {
    check(sectors * 512, allocated, seed, false);
  }

  @Property(tries = 60)
  void soItDoesOnSmallDisks(
      @ForAll @LongRange(min = 1, max = 8 * 8192) long sectors,
      @ForAll @IntRange(max = 8) int allocated,
      @ForAll long seed)
      throws IOException {
    check(sectors * 512, allocated, seed, false);
  }

  @Property(tries = 8)
  void qemuCallsThemClean(
      @ForAll @LongRange(min = 1, max = 1L << 31) long sectors,
      @ForAll @IntRange(max = 24) int allocated,
      @ForAll long seed)
      throws IOException {
    check(sectors * 512, allocated, seed, true);
  }

  private static void check(long size, int allocated, long seed, boolean qemu) throws IOException {
    Random random = new Random(seed);
    int chunkCount = Math.toIntExact((size + CHUNK - 1) / CHUNK);
    BitSet chunks = new BitSet();
    for (int i = 0; i < allocated; i++) {
      chunks.set(random.nextInt(chunkCount));
    }
    Qcow2Layout layout = Qcow2Layout.of(size, chunks);
    Path folder = Files.createTempDirectory("qmpbs-qcow2");
    Path image = folder.resolve("disk.qcow2");
    try {
      try (Qcow2Writer writer = Qcow2Writer.create(image, layout)) {
        for (int i = chunks.nextSetBit(0); i >= 0; i = chunks.nextSetBit(i + 1)) {
          writer.writeChunk(i, data(layout.chunkLength(i), seed + i), 0, layout.chunkLength(i));
        }
        writer.finish();
      }
      assertThat(Files.size(image)).isEqualTo(layout.fileLength());
      try (TinyReader reader = new TinyReader(image)) {
        reader.assertEveryClusterIsUsedOnce();
        for (int i = chunks.nextSetBit(0); i >= 0; i = chunks.nextSetBit(i + 1)) {
          assertChunk(reader, i, data(layout.chunkLength(i), seed + i));
        }
        int hole = random.nextInt(chunkCount);
        if (!chunks.get(hole)) {
          assertThat(reader.cluster((long) hole * (CHUNK / CLUSTER))).isNull();
        }
      }
      if (qemu) {
        QemuTools.assertClean(image);
      }
    } finally {
      Files.deleteIfExists(image);
      Files.delete(folder);
    }
  }

  private static void assertChunk(TinyReader reader, int chunk, byte[] expected)
      throws IOException {
    for (int start = 0; start < expected.length; start += CLUSTER) {
      byte[] found = reader.cluster(((long) chunk * CHUNK + start) / CLUSTER);
      byte[] cluster = new byte[CLUSTER];
      System.arraycopy(expected, start, cluster, 0, Math.min(CLUSTER, expected.length - start));
      assertThat(found).isEqualTo(cluster);
    }
  }

  /** Mostly zeros, as real disks are, which keeps the files small. */
  private static byte[] data(int length, long seed) {
    byte[] data = new byte[length];
    Random random = new Random(seed);
    for (int i = 0; i < 5; i++) {
      data[random.nextInt(length)] = (byte) random.nextInt();
    }
    return data;
  }
}
