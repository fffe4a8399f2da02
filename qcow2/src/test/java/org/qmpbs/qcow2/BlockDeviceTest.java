package org.qmpbs.qcow2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a loop device; runs where these can be made (root, and a kernel that has them). */
class BlockDeviceTest {
  private static final int SIZE = 32 << 20;

  @TempDir Path folder;
  private Path store;
  private Path device;

  @BeforeEach
  void aDeviceFullOfOldData() throws IOException {
    store = folder.resolve("store");
    byte[] old = new byte[SIZE];
    Arrays.fill(old, (byte) 0xee);
    Files.write(store, old);
    QemuTools.Result loop;
    try {
      loop = QemuTools.run("losetup", "-f", "--show", store.toString());
    } catch (AssertionError e) {
      Assumptions.abort("no losetup here");
      return;
    }
    Assumptions.assumeTrue(loop.status() == 0, "no loop devices here: " + loop.output());
    device = Path.of(loop.output().trim());
  }

  @AfterEach
  void detach() {
    if (device != null) {
      QemuTools.succeed("losetup", "-d", device.toString());
    }
  }

  @Test
  void anImageOnADeviceShowsNothingOfTheOldData() throws IOException {
    BitSet chunks = new BitSet();
    chunks.set(1);
    chunks.set(2);
    try (ImageLock lock = ImageLock.acquireForWriting(device);
        Qcow2Writer writer =
            Qcow2Writer.into(lock.channel(), Qcow2Layout.of((8 << 20) + 512, chunks))) {
      writer.writeChunk(1, new byte[4 << 20], 0, 4 << 20);
      writer.writeChunk(2, new byte[512], 0, 512);
      writer.finish();
    }

    Path zeros = folder.resolve("zeros.raw");
    try (RandomAccessFile file = new RandomAccessFile(zeros.toFile(), "rw")) {
      file.setLength((8 << 20) + 512);
    }
    QemuTools.assertClean(device);
    QemuTools.assertSameGuestData(zeros, device);
    // The rest of the last cluster is zeros too: a disk that grows must not show old data there.
    QemuTools.succeed("qemu-img", "resize", "-q", "-f", "qcow2", device.toString(), "9M");
    try (RandomAccessFile file = new RandomAccessFile(zeros.toFile(), "rw")) {
      file.setLength(9 << 20);
    }
    QemuTools.assertSameGuestData(zeros, device);
  }

  @Test
  void aDeviceThatIsTooSmallKeepsItsContent() throws IOException {
    BitSet chunks = new BitSet();
    chunks.set(0, 8);
    try (ImageLock lock = ImageLock.acquireForWriting(device)) {
      assertThatThrownBy(() -> Qcow2Writer.into(lock.channel(), Qcow2Layout.of(SIZE, chunks)))
          .isInstanceOf(IOException.class);
    }

    assertThat(Files.readAllBytes(device)).containsOnly((byte) 0xee);
  }

  @Test
  void aDeviceThatQemuHasOpenIsInUse() throws IOException {
    Path socket = folder.resolve("socket");
    try (QemuTools.Server server =
        new QemuTools.Server(
            socket, "qemu-nbd", "-t", "-k", socket.toString(), "-f", "raw", device.toString())) {
      assertThatThrownBy(() -> ImageLock.acquireForWriting(device))
          .isInstanceOf(ImageInUseException.class);
      assertThat(server.isRunning()).isTrue();
    }
    try (ImageLock lock = ImageLock.acquireForWriting(device)) {
      assertThat(lock.channel().size()).isEqualTo(SIZE);
      assertThat(
              QemuTools.run("qemu-io", "-f", "raw", "-c", "read 0 512", device.toString()).output())
          .contains("Failed to lock byte");
    }
  }
}
