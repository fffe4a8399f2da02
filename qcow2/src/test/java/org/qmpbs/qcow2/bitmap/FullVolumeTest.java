package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.qcow2.QemuTools;
import org.qmpbs.qcow2.bitmap.BitmapRefusedException.Reason;

/** On a file system and on a device that are really full; where the test may make these. */
class FullVolumeTest {
  private static final BitmapName NEW = BitmapName.of("new");
  private static final List<BitmapAction> ADD =
      List.of(
          new BitmapAction.Add(OptionalLong.of(512)), new BitmapAction.Merge(BitmapName.of("old")));

  @TempDir Path folder;

  @Test
  void aFullFileSystemRefusesAndTheImageIsAsBefore() throws IOException {
    Path small = Files.createDirectory(folder.resolve("small"));
    run("no tmpfs here", "mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small.toString());
    try {
      Path image = small.resolve("disk.qcow2");
      QemuTools.succeed("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), "1G");
      addOld(image);
      fill(small);
      long length = Files.size(image);
      String before = Fingerprint.of(image);

      assertNoRoom(image);
      assertThat(Files.size(image)).isEqualTo(length);
      assertThat(Fingerprint.of(image)).isEqualTo(before);
      QemuTools.assertClean(image);
    } finally {
      QemuTools.succeed("umount", small.toString());
    }
  }

  @Test
  void aFullDeviceRefusesAndWithRoomAgainItWorks() throws IOException {
    Path store = Files.write(folder.resolve("store"), new byte[4 << 20]);
    String device = run("no loop devices here", "losetup", "-f", "--show", store.toString()).trim();
    try {
      QemuTools.succeed("qemu-img", "create", "-q", "-f", "qcow2", device, "64M");
      int clusters = 0;
      while (QemuTools.run(write(device, clusters)).status() == 0) {
        clusters++;
        assertThat(clusters).isLessThan(64);
      }
      // What the last write left, and room for a table and a directory, and one cluster more.
      QemuTools.run("qemu-img", "check", "-q", "-r", "leaks", device);
      QemuTools.succeed("qemu-io", "-f", "qcow2", "-c", "discard 512k 192k", device);
      try (BitmapImage opened = BitmapImage.openForWriting(Path.of(device))) {
        BitmapAction add = new BitmapAction.Add(OptionalLong.empty());
        assertThat(opened.apply(BitmapName.of("old"), List.of(add), Optional.empty()).applied())
            .isEqualTo(1);
      }
      QemuTools.assertClean(Path.of(device));
      String before = Fingerprint.of(Path.of(device));

      assertNoRoom(Path.of(device));
      assertThat(Fingerprint.of(Path.of(device))).isEqualTo(before);
      QemuTools.assertClean(Path.of(device));

      QemuTools.succeed("qemu-io", "-f", "qcow2", "-c", "discard 1M 1M", device);
      try (BitmapImage opened = BitmapImage.openForWriting(Path.of(device))) {
        assertThat(opened.apply(NEW, ADD, Optional.empty()).refused()).isEmpty();
      }
      QemuTools.assertClean(Path.of(device));
    } finally {
      QemuTools.succeed("losetup", "-d", device);
    }
  }

  private static String[] write(String device, int cluster) {
    return new String[] {"qemu-io", "-f", "qcow2", "-c", "write " + cluster * 64 + "k 64k", device};
  }

  private static void addOld(Path image) {
    QemuTools.succeed("qemu-img", "bitmap", "--add", image.toString(), "old");
    QemuTools.succeed("qemu-io", "-f", "qcow2", "-c", "write 0 256k", image.toString());
  }

  private static void fill(Path folder) throws IOException {
    byte[] page = new byte[4096];
    boolean full = false;
    for (int i = 0; !full; i++) {
      try {
        Files.write(folder.resolve("filler" + i), page);
      } catch (IOException e) {
        full = true;
      }
    }
  }

  private static void assertNoRoom(Path image) throws IOException {
    try (BitmapImage opened = BitmapImage.openForWriting(image)) {
      BitmapRefusedException refused =
          catchThrowableOfType(
              BitmapRefusedException.class, () -> opened.apply(NEW, ADD, Optional.empty()));
      assertThat(refused.reason()).isEqualTo(Reason.NO_ROOM);
      assertThat(refused.remedy()).contains("Make room");
    }
  }

  private static String run(String otherwise, String... command) {
    QemuTools.Result result;
    try {
      result = QemuTools.run(command);
    } catch (AssertionError e) {
      return Assumptions.abort(otherwise);
    }
    Assumptions.assumeTrue(result.status() == 0, otherwise + ": " + result.output());
    return result.output();
  }
}
