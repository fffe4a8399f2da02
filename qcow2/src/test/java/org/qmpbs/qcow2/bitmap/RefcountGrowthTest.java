package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qmpbs.qcow2.Qcow2Header;
import org.qmpbs.qcow2.QemuTools;

/** Where the bitmaps need more clusters than the refcounts of the image can count. */
class RefcountGrowthTest {
  @TempDir Path folder;

  /** Many small clusters of bits, so that blocks and, with wide refcounts, the table must grow. */
  @ParameterizedTest
  @CsvSource({"1, 4", "4, 4", "16, 8", "64, 40"})
  void newBlocksAndALargerTableAreCleanToQemu(int width, int bitmaps) throws IOException {
    Path image = folder.resolve("disk.qcow2");
    QemuTools.succeed(
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "-o",
        "cluster_size=512,refcount_bits=" + width,
        image.toString(),
        "2G");
    Qcow2Header.Table table = scan(image).header().refcountTable();
    BitmapName dirty = BitmapName.of("dirty");
    try (BitmapImage opened = BitmapImage.openForWriting(image)) {
      apply(opened, dirty, new BitmapAction.Add(OptionalLong.of(1 << 20)));
    }
    // A bit in each cluster of bits of what is merged into later.
    Sample.io(
        image,
        IntStream.range(0, 128)
            .mapToObj(i -> "write -z " + i * 16 + "M 512")
            .toArray(String[]::new));
    try (BitmapImage opened = BitmapImage.openForWriting(image)) {
      for (int i = 0; i < bitmaps; i++) {
        apply(
            opened,
            BitmapName.of("fine" + i),
            new BitmapAction.Add(OptionalLong.of(512)),
            new BitmapAction.Merge(dirty));
      }
    }
    QemuTools.assertClean(image);
    Qcow2Header.Table now = scan(image).header().refcountTable();
    // With narrow refcounts the blocks of the image count these clusters as well.
    assertThat(now.offset() == table.offset()).isEqualTo(width < 16);
    assertThat(now.entries() > table.entries()).isEqualTo(width == 64);
    try (BitmapImage opened = BitmapImage.openForReading(image, false)) {
      assertThat(opened.list())
          .filteredOn(bitmap -> bitmap.granularity() == 512)
          .hasSize(bitmaps)
          .allSatisfy(bitmap -> assertThat(bitmap.dirtyBytes()).isEqualTo(128L << 20));
    }
  }

  private static void apply(BitmapImage image, BitmapName name, BitmapAction... actions)
      throws IOException {
    assertThat(image.apply(name, List.of(actions), Optional.empty()).refused()).isEmpty();
  }

  private static BitmapScan scan(Path image) throws IOException {
    return BitmapScan.of(new MemoryImage(Files.readAllBytes(image)));
  }
}
