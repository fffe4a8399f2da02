package org.qmpbs.qcow2.bitmap;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.qmpbs.qcow2.QemuTools.succeed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Small images that claim to be large: they cost what they are, not what they claim. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class HostileImageTest {
  @TempDir Path folder;

  /** 65535 bitmaps, each with the same largest table. */
  @Test
  void manyBitmapsWithOneTable() throws IOException {
    Draft draft = new Draft(Files.readAllBytes(Sample.TINY.in(folder)));
    int directory = (draft.image().length + 511) & -512;
    int table = directory + 65536 * 32;
    ByteBuffer image = ByteBuffer.allocate(table + (1 << 20)).put(draft.image());
    image.putInt(draft.extension, 65535);
    image.putLong(draft.extension + 8, 65535L * 32).putLong(draft.extension + 16, directory);
    for (int i = 0; i < 65535; i++) {
      image.position(directory + i * 32);
      image.putLong(table).putInt(1 << 17).putInt(1).putInt(0x01090006);
      image.putInt(0).put(String.format("%06x", i).getBytes(US_ASCII));
    }
    CheckReport report = ImageCheck.of(new MemoryImage(image.array())).report();
    assertThat(report.bitmaps()).hasSize(65535).noneMatch(CheckReport.CheckedBitmap::whole);
    assertThat(report.findings()).anyMatch(each -> each.rule() == Rule.SHARED_WITH_BITMAP);
  }

  /** Every L1 entry of every snapshot leads to the same L2 table. */
  @Test
  void manySnapshotsOfOneTable() throws IOException {
    Path image = Sample.TINY.in(folder);
    Draft draft = new Draft(Files.readAllBytes(image));
    int snapshots = (draft.image().length + 511) & -512;
    int l1 = snapshots + 1024 * 40;
    int entries = 1 << 14;
    ByteBuffer bytes = ByteBuffer.allocate(l1 + entries * 8).put(draft.image());
    bytes.putInt(60, 1024).putLong(64, snapshots);
    for (int i = 0; i < 1024; i++) {
      bytes.putLong(snapshots + i * 40, l1).putInt(snapshots + i * 40 + 8, entries);
    }
    for (int i = 0; i < entries; i++) {
      bytes.putLong(l1 + i * 8, draft.l2());
    }
    ImageCheck check = ImageCheck.of(new MemoryImage(bytes.array()));
    assertThat(check.guestWalked()).isFalse();
    assertThat(check.findings()).anyMatch(each -> each.found().contains("more than the image"));
  }

  /** Holes cost nothing: a table of refcount blocks far apart in a file of terabytes. */
  @Test
  void aSparseFileOfTerabytes() throws IOException {
    Path image = Sample.TINY.in(folder);
    Draft draft = new Draft(Files.readAllBytes(image));
    try (FileChannel file = FileChannel.open(image, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.allocate(1), (8L << 40) - 1);
      // The table's first and last entries, which stand for 2^28 clusters between them.
      ByteBuffer block = ByteBuffer.allocate(8).putLong(0, 4L << 40);
      file.write(block, draft.header.refcountTable().offset() + 8L * 63);
    }
    try (BitmapImage bitmaps = BitmapImage.openForWriting(image)) {
      assertThat(bitmaps.check().guestWalked()).isTrue();
    }
  }

  /** A disk of 2 TiB, where only little is used. */
  @Test
  void aLargeDisk() throws IOException {
    Path image = folder.resolve("large.qcow2");
    succeed("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), "2T");
    succeed("qemu-img", "bitmap", "--add", image.toString(), "one");
    Sample.io(image, "write 1T 1M", "write 2047G 1M");
    try (BitmapImage bitmaps = BitmapImage.openForWriting(image)) {
      assertThat(bitmaps.check().findings()).isEmpty();
      assertThat(bitmaps.planRepair(false).isEmpty()).isTrue();
    }
  }
}
