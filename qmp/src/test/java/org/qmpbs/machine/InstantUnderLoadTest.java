package org.qmpbs.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qmpbs.machine.TwoDisks.MIB;
import static org.qmpbs.machine.TwoDisks.VD0;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.nbd.Extent;

/** Instants of a guest that writes all the time, each built upon the bitmap of the one before. */
class InstantUnderLoadTest {
  private static final int ROUNDS = 8;

  @TempDir Path directory;

  /**
   * Writes a counter to both disks, one after the other, and other data elsewhere, with requests in
   * flight at any moment.
   */
  private static void load(Qemu qemu, AtomicBoolean end) throws Exception {
    Random random = new Random(7);
    for (int counter = 1; !end.get(); counter++) {
      int value = counter % 251;
      qemu.guestWrites(VD0, value, "0 64k");
      qemu.guestWrites("sd0", value, "0 64k");
      int chunk = 4096 * (1 + counter / 40 % 2);
      String where = (chunk + 64 * random.nextInt(60)) + "k 256k";
      qemu.hmp(
          "qemu-io -d "
              + VD0
              + " \"aio_write -q -P "
              + (1 + random.nextInt(250))
              + " "
              + where
              + "\"");
    }
  }

  @Test
  @Timeout(120)
  void allDisksShareOneInstantAndNoWriteIsMissedFromOneToTheNext() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory);
        Machine machine = qemu.connect()) {
      AtomicBoolean end = new AtomicBoolean();
      ExecutorService guest = Executors.newSingleThreadExecutor();
      try {
        Future<?> writes =
            guest.submit(
                () -> {
                  load(qemu, end);
                  return null;
                });
        byte[][] before = null;
        String trusted = null;
        int clean = 0;
        for (int round = 0; round < ROUNDS; round++) {
          String bitmap = "qmpbs:t:" + round + ":n";
          Path scratch = java.nio.file.Files.createDirectory(directory.resolve("s" + round));
          byte[][] now = new byte[2][];
          try (MachineInstant instant =
              TwoDisks.take(qemu, machine, bitmap, trusted, qemu.scratch(scratch))) {
            for (int disk = 0; disk < 2; disk++) {
              now[disk] = Reads.all(instant, disk);
              assertThat(Reads.all(instant, disk)).isEqualTo(now[disk]);
              if (before != null) {
                clean += compare(before[disk], now[disk], instant.disks().get(disk).dirty().get());
              }
            }
            instant.verify();
            int first = now[TwoDisks.index(instant, "vd0")][0] & 0xff;
            int second = now[TwoDisks.index(instant, "sd0")][0] & 0xff;
            assertThat(first).as("written before %d", second).isIn(second, (second + 1) % 251);
          }
          assertThat(qemu.ours().isEmpty()).isTrue();
          if (trusted != null) {
            for (Disk disk : machine.disks()) {
              machine.removeBitmap(disk, trusted);
            }
          }
          trusted = bitmap;
          before = now;
        }
        end.set(true);
        writes.get();
        assertThat(clean).as("chunks that were not read again").isGreaterThan(0);
      } finally {
        guest.shutdownNow();
      }
      qemu.quit();
      assertThat(qemu.writesThatFailed()).isEmpty();
    }
  }

  /** What the list does not name must be the same; returns how many chunks that were. */
  private static int compare(byte[] before, byte[] now, List<Extent> dirty) {
    int clean = 0;
    for (int chunk = 0; chunk < now.length; chunk += 4 * MIB) {
      int start = chunk;
      int end = Math.min(now.length, chunk + 4 * MIB);
      if (dirty.stream().noneMatch(extent -> extent.offset() < end && extent.end() > start)) {
        clean++;
        assertThat(java.util.Arrays.mismatch(before, start, end, now, start, end)).isNegative();
      }
    }
    return clean;
  }
}
