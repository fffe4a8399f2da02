package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.qcow2.QemuTools;
import org.qmpbs.qcow2.bitmap.BitmapRefusedException.Reason;

/** What the real tools have stored is read as they mean it. */
class ReadingTest {
  private static final BitmapName NAME = BitmapName.of("b");

  @TempDir Path folder;
  private Path image;

  /** 9 MiB and 1536 bytes; with clusters of 512 bytes a cluster of bits covers 2 MiB. */
  @BeforeEach
  void anImage() {
    image = folder.resolve("disk.qcow2");
    QemuTools.succeed(
        "qemu-img", "create", "-q", "-f", "qcow2", "-o", "cluster_size=512", at(), "9438720");
    QemuTools.succeed("qemu-img", "bitmap", "--add", "-g", "512", at(), "b");
  }

  @Test
  void aRangeOverSeveralClustersOfBitsIsOne() throws IOException {
    write("write 1M 4M", "write 5632k 512", "write 9437184 1536");

    assertThat(dirty()).containsExactly("1048576+4194304", "5767168+512", "9437184+1536");
  }

  @Test
  void theLastRangeEndsWithTheDisk() throws IOException {
    QemuTools.succeed("qemu-img", "bitmap", "--add", "-g", "1M", at(), "coarse");
    write("write 9438208 512");

    try (BitmapImage opened = BitmapImage.openForReading(image, false)) {
      assertThat(opened.list())
          .containsExactly(
              new StoredBitmap(NAME, 512, true, false, 512),
              new StoredBitmap(BitmapName.of("coarse"), 1 << 20, true, false, 1536));
    }
  }

  @Test
  void anEntryOfAllOnesIsDirtyToTheEndOfTheDisk() throws IOException {
    DirectoryEntry entry = scan().bitmaps().get(0).entry();
    patch(entry.tableOffset() + (entry.tableSize() - 1) * Long.BYTES, 1L);

    assertThat(dirty()).containsExactly("8388608+1050112");
  }

  @Test
  void bitsBehindTheEndOfTheDiskMeanNothing() throws IOException {
    write("write 9438208 512");
    DirectoryEntry entry = scan().bitmaps().get(0).entry();
    long[] table = table(entry);
    // 2051 bits are in the last cluster: 256 bytes and 3 bits.
    patch(BitmapTable.offset(table[table.length - 1]) + 256, 0xfcffffffffffffffL);

    assertThat(dirty()).containsExactly("9438208+512");
  }

  @Test
  void whatAnotherProgramHasWrittenToIsStaleAndSaidToBe() throws IOException {
    patch(88, 0L);

    try (BitmapImage opened = BitmapImage.openForReading(image, false)) {
      assertThat(opened.list()).isEmpty();
      assertThat(opened.warnings()).hasSize(1);
      assertThat(opened.warnings().get(0)).contains("out of date", "qmpbs bitmap repair");
      assertThatThrownBy(() -> opened.forEachDirty(NAME, (offset, length) -> {}))
          .isInstanceOfSatisfying(
              BitmapRefusedException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND));
    }
  }

  @Test
  void anInconsistentBitmapIsListedAndNotRead() throws IOException {
    patch(scan().bitmaps().get(0).entryOffset() + 8, 10L << 32 | 3);

    try (BitmapImage opened = BitmapImage.openForReading(image, false)) {
      assertThat(opened.list()).containsExactly(new StoredBitmap(NAME, 512, true, true, 0));
      assertThatThrownBy(() -> opened.forEachDirty(NAME, (offset, length) -> {}))
          .isInstanceOfSatisfying(
              BitmapRefusedException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.INCONSISTENT));
    }
  }

  /** QEMU takes it for zeros, which is a bitmap that forgot what it knew. */
  @Test
  void bitsBehindTheEndOfTheFileAreDamage() throws IOException {
    patch(scan().bitmaps().get(0).entry().tableOffset(), 1L << 40);

    try (BitmapImage opened = BitmapImage.openForReading(image, false)) {
      assertThatThrownBy(opened::list)
          .isInstanceOfSatisfying(
              BitmapRefusedException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.DAMAGED);
                assertThat(e.remedy()).contains("qmpbs bitmap check " + image);
              });
    }
  }

  private List<String> dirty() throws IOException {
    List<String> ranges = new ArrayList<>();
    try (BitmapImage opened = BitmapImage.openForReading(image, false)) {
      opened.forEachDirty(NAME, (offset, length) -> ranges.add(offset + "+" + length));
    }
    return ranges;
  }

  private void write(String... commands) {
    List<String> all = new ArrayList<>(List.of("qemu-io", "-f", "qcow2"));
    for (String command : commands) {
      all.add("-c");
      all.add(command);
    }
    all.add(at());
    QemuTools.succeed(all.toArray(String[]::new));
  }

  private String at() {
    return image.toString();
  }

  private BitmapScan scan() throws IOException {
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
      return BitmapScan.of(new ChannelImageFile(channel, false));
    }
  }

  private long[] table(DirectoryEntry entry) throws IOException {
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
      return BitmapTable.read(new ChannelImageFile(channel, false), entry);
    }
  }

  private void patch(long offset, long value) throws IOException {
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(Long.BYTES).putLong(0, value), offset);
    }
  }
}
