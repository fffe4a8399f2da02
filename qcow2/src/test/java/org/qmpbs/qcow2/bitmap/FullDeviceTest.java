package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qmpbs.qcow2.QemuTools.assertClean;
import static org.qmpbs.qcow2.QemuTools.run;
import static org.qmpbs.qcow2.QemuTools.succeed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.qcow2.QemuTools;

/** On a loop device without a free cluster; where these can be made. */
class FullDeviceTest {
  @TempDir Path folder;
  private Path device;

  @BeforeEach
  void aFullDevice() throws IOException {
    Path store = folder.resolve("store");
    byte[] image = Files.readAllBytes(Sample.NARROW.in(folder));
    // The last cluster need not be written to its end, but a device has whole sectors.
    Files.write(store, Arrays.copyOf(image, (image.length + 1023) & -1024));
    QemuTools.Result loop;
    try {
      loop = run("losetup", "-f", "--show", store.toString());
    } catch (AssertionError e) {
      Assumptions.abort("no losetup here");
      return;
    }
    Assumptions.assumeTrue(loop.status() == 0, "no loop devices here: " + loop.output());
    device = Path.of(loop.output().trim());
    Draft draft = new Draft(image);
    Damage.TABLE_AT_ZERO.to(draft);
    try (FileChannel channel = FileChannel.open(device, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(draft.image()), 0);
    }
  }

  @AfterEach
  void detach() {
    if (device != null) {
      succeed("losetup", "-d", device.toString());
    }
  }

  @Test
  void isRepairedWithoutRoom() throws IOException {
    assertThat(run("qemu-img", "check", "-f", "qcow2", device.toString()).output())
        .contains("doesn't satisfy the constraints");
    try (BitmapImage bitmaps = BitmapImage.openForWriting(device)) {
      RepairPlan plan = bitmaps.repair(true, folder.resolve("side")).plan();
      assertThat(plan.kept()).hasSize(2);
      assertThat(plan.dropped()).hasSize(1);
    }
    assertClean(device);
    try (BitmapImage bitmaps = BitmapImage.openForWriting(device)) {
      bitmaps.undoRepair(folder.resolve("side"));
      bitmaps.repair(false, folder.resolve("side2"));
    }
    assertClean(device);
    Sample.io(device, "write 0 4k");
  }
}
