package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qmpbs.qcow2.QemuTools.succeed;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.qcow2.CorruptImageException;
import org.qmpbs.qcow2.UnsupportedImageException;

/** Bytes of anybody: no exception but the documented ones, no hang, no memory beyond their size. */
class BitmapScanFuzzTest {
  private static final int SCANS = Integer.getInteger("qmpbs.fuzz.scans", 1_000_000);

  private static final int CHECKS = 3_000;

  @TempDir Path folder;

  @FuzzTest
  void anyBytesAreScannedAndChecked(byte[] bytes) throws IOException {
    check(bytes);
    // Once more behind the checks that chance rarely passes.
    if (bytes.length >= 104) {
      ByteBuffer.wrap(bytes)
          .putInt(0, 0x514649fb)
          .putInt(4, 3)
          .putInt(20, 9)
          .putLong(72, 0)
          .putInt(100, 104);
      check(bytes);
    }
  }

  private static void check(byte[] bytes) throws IOException {
    try {
      MemoryImage image = new MemoryImage(bytes);
      assertSane(ImageCheck.of(image).report());
      PlannedRepair repair = PlannedRepair.of(image, true);
      SideFile side = SideFile.of(image, repair.steps());
      repair.run(image);
      RepairUndo.putBack(image, side);
      assertThat(image.bytes()).isEqualTo(bytes);
    } catch (CorruptImageException | UnsupportedImageException e) {
      assertThat(e).hasMessageMatching("(?s)[ -~]+");
    }
  }

  private static void assertSane(CheckReport report) {
    assertThat(report.bitmaps()).hasSizeLessThanOrEqualTo(BitmapFormat.MAX_BITMAPS);
    for (Finding finding : report.findings()) {
      assertThat(finding.severity()).isGreaterThanOrEqualTo(finding.rule().severity());
      assertThat(finding.toString()).hasSizeLessThan(9000);
    }
  }

  @Test
  @Timeout(value = 90, unit = TimeUnit.SECONDS)
  void aMillionMutatedHeadersAndDirectoriesAreScanned() throws IOException {
    byte[] whole = Files.readAllBytes(Sample.TINY.in(folder));
    Draft draft = new Draft(whole);
    Mutation mutation = new Mutation(whole, draft);
    long findings = 0;
    for (int i = 0; i < SCANS; i++) {
      mutation.next();
      try {
        findings += BitmapScan.of(mutation).allFindings().size();
      } catch (CorruptImageException | UnsupportedImageException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
      mutation.undo();
    }
    assertThat(findings).isGreaterThan(SCANS / 2);
  }

  @Test
  @Timeout(value = 90, unit = TimeUnit.SECONDS)
  void mutatedImagesAreCheckedAndRepaired() throws IOException {
    byte[] whole = smallest();
    Mutation mutation = new Mutation(whole, new Draft(whole));
    for (int i = 0; i < CHECKS; i++) {
      mutation.next();
      check(mutation.bytes());
      mutation.undo();
    }
  }

  /** An image of 64 KiB of disk: as few clusters as there can be. */
  private byte[] smallest() throws IOException {
    Path image = folder.resolve("small.qcow2");
    succeed(
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "-o",
        "cluster_size=512",
        image.toString(),
        "64k");
    succeed("qemu-img", "bitmap", "--add", "-g", "512", image.toString(), "one");
    succeed("qemu-img", "bitmap", "--add", "-g", "512", image.toString(), "two");
    Sample.io(image, "write 0 2k", "write 32k 1k");
    return Files.readAllBytes(image);
  }

  /** An image of which some bytes are changed, and changed back. */
  private static final class Mutation implements ImageFile {
    private final byte[] bytes;
    private final int[][] areas;
    private final Random random = new Random(11);
    private final int[] places = new int[4];
    private final byte[] olds = new byte[4];
    private int count;

    Mutation(byte[] whole, Draft draft) {
      bytes = whole.clone();
      areas =
          new int[][] {
            {8, 104},
            {draft.header.headerLength(), draft.extension + 40},
            {draft.extension - 8, draft.extension + 32},
            {draft.directory, draft.directory + draft.directoryBytes()},
            {draft.directory, draft.directory + draft.directoryBytes()},
            {draft.table(0), draft.table(0) + 16},
            {0, whole.length}
          };
    }

    void next() {
      count = 1 + random.nextInt(places.length);
      for (int i = 0; i < count; i++) {
        // The header's own fields end most scans early: seldom.
        int[] area = areas[random.nextInt(16) == 0 ? 0 : 1 + random.nextInt(areas.length - 1)];
        places[i] = area[0] + random.nextInt(area[1] - area[0]);
        olds[i] = bytes[places[i]];
        bytes[places[i]] =
            (byte)
                (random.nextBoolean()
                    ? random.nextInt()
                    : new int[] {0, 1, 255}[random.nextInt(3)]);
      }
    }

    void undo() {
      for (int i = count - 1; i >= 0; i--) {
        bytes[places[i]] = olds[i];
      }
    }

    byte[] bytes() {
      return bytes.clone();
    }

    @Override
    public byte[] read(long offset, int length) {
      // A few zeros behind the end are read, but never as many as a pointer claims.
      assertThat(length).isLessThanOrEqualTo(bytes.length + (1 << 18));
      byte[] result = new byte[length];
      if (offset < bytes.length) {
        System.arraycopy(
            bytes, (int) offset, result, 0, (int) Math.min(length, bytes.length - offset));
      }
      return result;
    }

    @Override
    public void write(long offset, ByteBuffer source) {
      throw new AssertionError("a scan writes nothing");
    }

    @Override
    public void truncate(long length) {
      throw new AssertionError("a scan writes nothing");
    }

    @Override
    public void flush() {
      throw new AssertionError("a scan writes nothing");
    }

    @Override
    public long length() {
      return bytes.length;
    }

    @Override
    public boolean isFixed() {
      return false;
    }
  }
}
