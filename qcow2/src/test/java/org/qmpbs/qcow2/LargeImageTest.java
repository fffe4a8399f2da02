package org.qmpbs.qcow2;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargeImageTest {
  private static final long SIZE = 1L << 40;

  @TempDir Path folder;

  /** 160 MiB of tables; data of holes, as its zero clusters would be left. */
  @Test
  void theTablesOfAFullTebibyteAreMadeInA64MebibyteHeap() {
    Path image = folder.resolve("full.qcow2");

    QemuTools.succeed(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx64m",
        "-cp",
        System.getProperty("java.class.path"),
        LargeImageTest.class.getName(),
        image.toString());

    QemuTools.assertClean(image);
  }

  /** What the small heap has to do. */
  public static void main(String[] args) throws IOException {
    BitSet all = new BitSet();
    all.set(0, Math.toIntExact(SIZE / Qcow2Layout.CHUNK_SIZE));
    Qcow2Layout layout = Qcow2Layout.of(SIZE, all);
    try (FileChannel file = NewFiles.createPrivate(Path.of(args[0]))) {
      MetadataWriter metadata = new MetadataWriter(file, layout);
      metadata.writeTables();
      metadata.writeHeader();
      PositionedIo.write(file, ByteBuffer.allocate(1), layout.fileLength() - 1);
    }
  }
}
