package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qmpbs.qcow2.QemuTools.assertClean;
import static org.qmpbs.qcow2.QemuTools.assertSameGuestData;
import static org.qmpbs.qcow2.QemuTools.succeed;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images that were damaged by a full file system, or by hand as users have seen it. */
class GoldenDamageTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "hand-directory-beyond-eof, DIRECTORY_BEYOND_END, 0",
    "hand-zero-directory, DIRECTORY_ENTRIES, 0",
    "hand-zero-table-offset, TABLE_OFFSET, 2",
    "real-enospc-qemu7-stored, IN_USE, 0",
    "real-enospc-qemu10-stored, IN_USE, 0",
  })
  void isNamedAndMended(String name, Rule rule, int good) throws IOException {
    Path image = folder.resolve("image.qcow2");
    try (InputStream packed =
        new GZIPInputStream(
            Objects.requireNonNull(getClass().getResourceAsStream(name + ".qcow2.gz")))) {
      Files.copy(packed, image);
    }
    byte[] damaged = Files.readAllBytes(image);
    Path raw = readable(damaged);
    for (boolean keepGood : new boolean[] {false, true}) {
      Files.write(image, damaged);
      Path side = folder.resolve("side" + keepGood);
      try (BitmapImage bitmaps = BitmapImage.openForWriting(image)) {
        assertThat(bitmaps.check().findings()).anyMatch(each -> each.rule() == rule);
        RepairPlan plan = bitmaps.repair(keepGood, side).plan();
        assertThat(plan.kept()).hasSize(keepGood ? good : 0);
        assertThat(plan.remaining()).isEmpty();
        assertThat(bitmaps.planRepair(keepGood).isEmpty()).isTrue();
      }
      assertClean(image);
      assertSameGuestData(raw, image);
      succeed("qemu-img", "bitmap", "--add", image.toString(), "new");
      assertClean(image);
    }
  }

  /** The guest's data as QEMU reads it when the autoclear bit keeps it from the bitmaps. */
  private Path readable(byte[] damaged) throws IOException {
    byte[] copy = damaged.clone();
    copy[95] &= ~1;
    Path twin = folder.resolve("twin.qcow2");
    Files.write(twin, copy);
    Path raw = folder.resolve("twin.raw");
    succeed("qemu-img", "convert", "-f", "qcow2", "-O", "raw", twin.toString(), raw.toString());
    return raw;
  }
}
