package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A block device of a fixed size with a qcow2 image on it, as a thick logical volume is. */
final class Volume implements AutoCloseable {
  /** Type of the header extension for bitmaps (docs/interop/qcow2.txt). */
  private static final int BITMAPS_EXTENSION = 0x23852875;

  private final Path device;

  private Volume(Path device) {
    this.device = device;
  }

  /**
   * Makes one; the test is skipped where there are no loop devices.
   *
   * @param store file that holds the volume's content
   * @param link where the machine looks for its image
   * @param diskSize of the image, which may be more than fits on the volume
   */
  static Volume create(Path store, long size, Path link, long diskSize) {
    try {
      try (RandomAccessFile file = new RandomAccessFile(store.toFile(), "rw")) {
        file.setLength(size);
      }
      Processes.Result setup =
          Processes.tryRun(List.of("losetup", "-f", "--show", store.toString()));
      Assumptions.assumeTrue(setup.status() == 0, "no loop devices here");
      Volume volume = new Volume(Path.of(setup.output().trim()));
      Files.createSymbolicLink(link, volume.device);
      Qemu.img("create", "-q", "-f", "qcow2", link.toString(), Long.toString(diskSize));
      return volume;
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** Makes the bitmap directory one that was never written: QEMU does not open such an image. */
  void zeroBitmapDirectory() {
    try (RandomAccessFile image = new RandomAccessFile(device.toFile(), "rw")) {
      image.seek(100);
      long at = image.readInt();
      while (true) {
        image.seek(at);
        int type = image.readInt();
        int length = image.readInt();
        assertThat(type).as("the image has bitmaps").isNotZero();
        if (type == BITMAPS_EXTENSION) {
          break;
        }
        at += 8 + (length + 7) / 8 * 8L;
      }
      image.seek(at + 16);
      int directorySize = Math.toIntExact(image.readLong());
      image.seek(image.readLong());
      image.write(new byte[directorySize]);
      image.getFD().sync();
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  @Override
  public void close() {
    Processes.run(List.of("losetup", "-d", device.toString()));
  }
}
