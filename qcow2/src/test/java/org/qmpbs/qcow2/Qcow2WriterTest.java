package org.qmpbs.qcow2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Qcow2WriterTest {
  private static final int CHUNK = Qcow2Layout.CHUNK_SIZE;

  @TempDir Path folder;
  private Path raw;
  private Path image;

  @BeforeEach
  void names() {
    raw = folder.resolve("disk.raw");
    image = folder.resolve("disk.qcow2");
  }

  /** Sizes, and which chunks have data. */
  @ParameterizedTest
  @CsvSource({
    "512, 0",
    "65536, 0",
    "66048, 0",
    "1000448, 0",
    "4193792, 0",
    "4194304, 0",
    "4194816, 0 1",
    "4194816, 1",
    "4194816, ''",
    "12582912, 0 2",
    "1610612736, 0 127 128 300 383",
    "1610613248, 5 384",
    "1099511627776, 0 4711 131072 262143",
    "8796093022208, ''",
  })
  void qemuReadsWhatWasWritten(long size, String chunks) throws IOException {
    Qcow2Layout layout = Qcow2Layout.of(size, parse(chunks));
    try (RawCopy copy = new RawCopy(raw, size);
        Qcow2Writer writer = Qcow2Writer.create(image, layout)) {
      for (int i = layout.nextAllocated(0); i >= 0; i = layout.nextAllocated(i + 1)) {
        byte[] data = data(layout.chunkLength(i), i);
        writer.writeChunk(i, data, 0, data.length);
        copy.write(i, data);
      }
      writer.finish();
    }

    QemuTools.assertClean(image);
    QemuTools.assertSameGuestData(raw, image);
    assertThat(QemuTools.succeed("qemu-img", "info", image.toString()))
        .contains("file format: qcow2", "(" + size + " bytes)", "compat: 1.1")
        .contains("lazy refcounts: false", "refcount bits: 16", "corrupt: false")
        .contains("cluster_size: 65536")
        .doesNotContain("backing file", "encrypted: yes", "bitmaps");
    try (TinyReader reader = new TinyReader(image)) {
      assertThat(reader.size()).isEqualTo(size);
      reader.assertEveryClusterIsUsedOnce();
    }
  }

  @Test
  void aSizeThatIsNotOfWholeSectorsReadsAsQemuReadsTheRawImage() throws IOException {
    long size = CHUNK + 1000;
    try (RawCopy copy = new RawCopy(raw, size);
        Qcow2Writer writer = Qcow2Writer.create(image, Qcow2Layout.of(size, parse("1")))) {
      byte[] data = data(1000, 1);
      writer.writeChunk(1, data, 0, data.length);
      copy.write(1, data);
      writer.finish();
    }

    QemuTools.assertClean(image);
    QemuTools.assertSameGuestData(raw, image);
  }

  @Test
  void clustersOfZerosInsideAChunkStayHoles() throws IOException {
    byte[] data = new byte[CHUNK];
    data[17 * 65536 + 5] = 1;
    try (Qcow2Writer writer = Qcow2Writer.create(image, Qcow2Layout.of(CHUNK, parse("0")))) {
      writer.writeChunk(0, data, 0, data.length);
      writer.finish();
    }

    assertThat(Files.size(image)).isEqualTo(CHUNK + 5 * 65536);
    // Five clusters of metadata and one of data; a file system may round up.
    assertThat(allocatedBytes(image)).isBetween(65536L, 8L * 65536);
  }

  @Test
  void severalThreadsMayWriteInAnyOrder() throws Exception {
    int chunks = 24;
    long size = (long) chunks * CHUNK - 512;
    BitSet all = new BitSet();
    all.set(0, chunks);
    Qcow2Layout layout = Qcow2Layout.of(size, all);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (RawCopy copy = new RawCopy(raw, size);
        Qcow2Writer writer = Qcow2Writer.create(image, layout)) {
      List<Future<?>> writes = new ArrayList<>();
      for (int i = chunks - 1; i >= 0; i--) {
        int index = i;
        byte[] data = data(layout.chunkLength(i), i);
        copy.write(i, data);
        writes.add(
            threads.submit(
                () -> {
                  byte[] padded = new byte[data.length + 10];
                  System.arraycopy(data, 0, padded, 7, data.length);
                  writer.writeChunk(index, padded, 7, data.length);
                  return null;
                }));
      }
      for (Future<?> write : writes) {
        write.get();
      }
      writer.finish();
    } finally {
      threads.shutdownNow();
    }

    QemuTools.assertClean(image);
    QemuTools.assertSameGuestData(raw, image);
  }

  @Test
  void whatIsNotFinishedIsNoImage() throws IOException {
    try (Qcow2Writer writer = Qcow2Writer.create(image, Qcow2Layout.of(2L * CHUNK, parse("0 1")))) {
      writer.writeChunk(0, data(CHUNK, 1), 0, CHUNK);
      writer.writeChunk(1, data(CHUNK, 1), 0, CHUNK);
    }

    assertNoImage();
  }

  @Test
  void aMissingChunkIsNoticedAndNoImageIsMade() throws IOException {
    try (Qcow2Writer writer = Qcow2Writer.create(image, Qcow2Layout.of(3L * CHUNK, parse("0 2")))) {
      writer.writeChunk(0, data(CHUNK, 1), 0, CHUNK);
      assertThatThrownBy(writer::finish)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("chunk 2 of 3 was never written");
    }

    assertNoImage();
  }

  @Test
  void theTablesAloneAreNoImageEither() throws IOException {
    Qcow2Layout layout = Qcow2Layout.of(CHUNK, parse("0"));
    try (FileChannel file = NewFiles.createPrivate(image)) {
      new MetadataWriter(file, layout).writeTables();
    }

    assertNoImage();
  }

  @Test
  void anOldImageIsNoneFromTheFirstMomentOnAndShowsNothingOfItsData() throws IOException {
    QemuTools.succeed("qemu-img", "create", "-f", "qcow2", image.toString(), "16M");
    QemuTools.succeed("qemu-io", "-c", "write -P 0xee 0 16M", image.toString());
    long size = 2L * CHUNK + 1024;
    Qcow2Layout layout = Qcow2Layout.of(size, parse("0 2"));
    try (FileChannel file = open(image);
        RawCopy copy = new RawCopy(raw, size)) {
      try (Qcow2Writer writer = Qcow2Writer.into(file, layout)) {
        assertNoImage();
        byte[] mostlyZero = new byte[CHUNK];
        mostlyZero[70_000] = 1;
        writer.writeChunk(0, mostlyZero, 0, CHUNK);
        copy.write(0, mostlyZero);
        byte[] shortOne = data(1024, 2);
        writer.writeChunk(2, shortOne, 0, shortOne.length);
        copy.write(2, shortOne);
        writer.finish();
      }
      assertThat(file.isOpen()).isTrue();
    }

    QemuTools.assertSameGuestData(raw, image);
    // What follows the image in a larger file or device is not its business, and is not read.
    assertThat(QemuTools.run("qemu-img", "check", image.toString()).output())
        .doesNotContain("ERROR", "corrupt");
    QemuTools.succeed("qemu-io", "-c", "write -P 7 0 9M", "-c", "read -P 7 8M 1M", resized());
  }

  @Test
  void anExistingFileIsNeverReplaced() throws IOException {
    Files.writeString(image, "precious");

    assertThatThrownBy(() -> Qcow2Writer.create(image, Qcow2Layout.of(512, parse(""))))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(image).hasContent("precious");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, CHUNK - 512, CHUNK - 1, CHUNK + 1})
  void aChunkOfAnotherLengthIsRefused(int length) throws IOException {
    try (Qcow2Writer writer = Qcow2Writer.create(image, Qcow2Layout.of(2L * CHUNK, parse("0")))) {
      assertThatThrownBy(() -> writer.writeChunk(0, new byte[length], 0, length))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aChunkIsWrittenOnceAndNotAfterTheEnd() throws IOException {
    byte[] data = data(CHUNK, 1);
    try (Qcow2Writer writer = Qcow2Writer.create(image, Qcow2Layout.of(2L * CHUNK, parse("0")))) {
      writer.writeChunk(0, data, 0, CHUNK);
      assertThatThrownBy(() -> writer.writeChunk(0, data, 0, CHUNK))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> writer.writeChunk(1, data, 0, CHUNK))
          .isInstanceOf(IllegalArgumentException.class);
      writer.finish();
      writer.finish();
      assertThatThrownBy(() -> writer.writeChunk(0, data, 0, CHUNK))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  private void assertNoImage() throws IOException {
    assertThat(QemuTools.run("qemu-img", "check", "-f", "qcow2", image.toString()).output())
        .contains("Image is not in qcow2 format");
    try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ)) {
      assertThatThrownBy(() -> Qcow2Header.read(file))
          .isInstanceOf(UnsupportedImageException.class);
    }
  }

  private String resized() {
    QemuTools.succeed("qemu-img", "resize", "-q", image.toString(), "16M");
    return image.toString();
  }

  private static long allocatedBytes(Path file) {
    return 512L * Long.parseLong(QemuTools.succeed("stat", "-c", "%b", file.toString()).trim());
  }

  static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static BitSet parse(String chunks) {
    BitSet set = new BitSet();
    for (String chunk : chunks.split(" ", -1)) {
      if (!chunk.isEmpty()) {
        set.set(Integer.parseInt(chunk));
      }
    }
    return set;
  }

  /** Noise with some clusters of zeros in it. */
  private static byte[] data(int length, int seed) {
    byte[] data = new byte[length];
    Random random = new Random(seed);
    random.nextBytes(data);
    for (int start = 65536; start + 65536 <= length; start += 65536 * (1 + random.nextInt(5))) {
      java.util.Arrays.fill(data, start, start + 65536, (byte) 0);
    }
    return data;
  }

  /** The same disk as a sparse raw image. */
  private static final class RawCopy implements AutoCloseable {
    private final FileChannel file;

    RawCopy(Path path, long size) throws IOException {
      file =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.WRITE,
              StandardOpenOption.SPARSE);
      file.write(ByteBuffer.allocate(1), size - 1);
    }

    void write(int chunk, byte[] data) throws IOException {
      PositionedIo.write(file, ByteBuffer.wrap(data), (long) chunk * CHUNK);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
