package org.qmpbs.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system of 2 MiB for the scratch files; needs the right to mount one. */
class ScratchFullTest {
  @TempDir Path directory;
  private Path small;
  private boolean mounted;

  @BeforeEach
  void mountTinyFileSystem() throws Exception {
    small = Files.createDirectory(directory.resolve("small"));
    try {
      Qemu.run(List.of("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small.toString()));
      mounted = true;
    } catch (IOException e) {
      System.out.println("ScratchFullTest is skipped: cannot mount a tmpfs: " + e.getMessage());
    }
    assumeTrue(mounted, "cannot mount a tmpfs");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      Qemu.run(List.of("umount", "-l", small.toString()));
    }
  }

  @Test
  void aFullScratchFileBreaksTheInstantAndNeverTheGuest() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory);
        Machine machine = qemu.connect()) {
      qemu.guestWrites(TwoDisks.VD0, 1, "0 16M");
      for (Disk disk : machine.disks()) {
        machine.addBitmap(disk, "qmpbs:t:1:n");
      }
      try (MachineInstant instant =
          TwoDisks.take(qemu, machine, "qmpbs:t:2:n", "qmpbs:t:1:n", qemu.scratch(small))) {
        instant.verify();
        qemu.guestWrites(TwoDisks.VD0, 7, "0 16M");
        assertThatThrownBy(instant::verify)
            .isInstanceOf(PointInTimeBrokenException.class)
            .hasMessageContaining("vd0")
            .hasMessageContaining("scratch");
        assertThat(qemu.status()).isEqualTo("running");
      }
      assertThat(qemu.ours().isEmpty()).isTrue();
      assertThat(qemu.disks())
          .filteredOn(disk -> disk.name().equals("vd0"))
          .allSatisfy(
              disk ->
                  assertThat(disk.bitmap("qmpbs:t:1:n").orElseThrow().dirtyBytes())
                      .isEqualTo(16 << 20));
      qemu.quit();
      assertThat(qemu.writesThatFailed()).isEmpty();
    }
    Path raw = directory.resolve("after.raw");
    Qemu.run(
        List.of(
            Qemu.program("qemu-img"),
            "convert",
            "-O",
            "raw",
            directory.resolve("a.qcow2").toString(),
            raw.toString()));
    assertThat(Files.readAllBytes(raw))
        .isEqualTo(Reads.expected(16 << 20, new int[] {0, 16 << 20, 7}));
  }
}
