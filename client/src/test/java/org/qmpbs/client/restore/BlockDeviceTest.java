package org.qmpbs.client.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.qmpbs.client.restore.TargetException.Reason.EXISTS;
import static org.qmpbs.client.restore.TargetException.Reason.IN_USE;
import static org.qmpbs.client.restore.TargetException.Reason.TOO_SMALL;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.client.restore.TargetException.Reason;

/** With real loop devices, which need root and a kernel that gives them out. */
class BlockDeviceTest {
  @TempDir private Path directory;
  private final RestoreFixture fixture = new RestoreFixture();
  private Path device;

  @BeforeEach
  void makeDevice() throws Exception {
    device = loop(24 << 20);
  }

  @AfterEach
  void removeDevice() throws Exception {
    if (device != null) {
      Tools.run("losetup", "-d", device.toString());
    }
  }

  private Path loop(int size) throws Exception {
    Path file = directory.resolve("backing-" + size);
    byte[] old = new byte[size];
    Arrays.fill(old, (byte) 0x55);
    Files.write(file, old);
    try {
      return Path.of(Tools.run("losetup", "-f", "--show", file.toString()).trim());
    } catch (IOException e) {
      Assumptions.abort("no loop devices here: " + e.getMessage());
      throw e;
    }
  }

  private void assertRefused(boolean force, Reason reason) {
    RestoreJob job = fixture.toFile(device, ImageFormat.RAW, force);
    assertThatExceptionOfType(TargetException.class)
        .isThrownBy(job::run)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void theImageIsWrittenZerosIncludedAndWhatLiesBehindItStays() throws Exception {
    assertRefused(false, EXISTS);
    fixture.toFile(device, ImageFormat.RAW, true).run();
    byte[] content = Files.readAllBytes(device);
    assertThat(Arrays.copyOf(content, fixture.image.length)).isEqualTo(fixture.image);
    assertThat(content[fixture.image.length]).isEqualTo((byte) 0x55);
  }

  @Test
  void aDeviceThatIsTooSmallIsRefusedBeforeItIsTouched() throws Exception {
    Path big = device;
    device = loop(8 << 20);
    try {
      assertRefused(true, TOO_SMALL);
      try (RandomAccessFile file = new RandomAccessFile(device.toFile(), "r")) {
        assertThat(file.read()).isEqualTo(0x55);
      }
    } finally {
      Tools.run("losetup", "-d", device.toString());
      device = big;
    }
  }

  @Test
  void aDeviceThatSomebodyClaimedIsRefused() throws Exception {
    try (ExclusiveDevice claimed = ExclusiveDevice.claim(device)) {
      assertThat(claimed.size()).isEqualTo(24 << 20);
      assertThatExceptionOfType(TargetException.class)
          .isThrownBy(() -> ExclusiveDevice.claim(device))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(IN_USE));
    }
    ExclusiveDevice.claim(device).close();
  }

  @Test
  void aFailureSaysThatTheDeviceIsIncomplete() {
    fixture.server.hook =
        digest -> {
          throw new IOException("gone");
        };
    RestoreJob job = fixture.toFile(device, ImageFormat.RAW, true);
    assertThatExceptionOfType(IOException.class).isThrownBy(job::run);
    assertThat(job.aftermath()).isEqualTo(Aftermath.DEVICE_INCOMPLETE);
  }
}
