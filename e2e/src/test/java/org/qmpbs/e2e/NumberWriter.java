package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A program in the Linux guest that writes 1, 2, 3 and so on, each past the caches to {@code
 * /dev/vda} and then to {@code /dev/sda}: number n into slot n modulo {@link #SLOTS}. The slots lie
 * scattered over the disk, so the image describes itself: from its slots follows which number was
 * the last, and a slot of another time cannot hide.
 */
final class NumberWriter {
  /** Few enough that a test overwrites each several times. */
  private static final int SLOTS = 16;

  private static final int BLOCK = 4096;

  /** Distance of the slots: each lies in a chunk of its own, not at its start. */
  private static final int STRIDE = (4 << 20) - 64 * 1024;

  private NumberWriter() {}

  /** Starts it in the background. */
  static void start(GuestConsole console) {
    int stride = STRIDE / BLOCK;
    console.run(
        ("(n=0; while true; do n=$((n+1)); s=$((n %% %d * %d)); "
                + "for d in vda sda; do printf '%%016d' $n |"
                + " dd of=/dev/$d bs=%d seek=$s conv=sync,notrunc oflag=direct 2>/dev/null"
                + " || echo write of $n to $d failed >> /tmp/errors; done;"
                + " echo $n > /tmp/new; mv /tmp/new /tmp/last; done) &")
            .formatted(SLOTS, stride, BLOCK));
  }

  /** The last number that is certainly on both disks. */
  static long last(GuestConsole console) {
    return Long.parseLong(console.run("cat /tmp/last"));
  }

  /** Waits until many slots have been written again, and returns the number reached. */
  static long awaitMore(GuestConsole console) {
    console.run(
        "l=$(cat /tmp/last || echo 0); until [ $(cat /tmp/last || echo 0) -ge $((l+%d)) ]; do usleep 20000; done"
            .formatted(2 * SLOTS));
    return last(console);
  }

  /** No write of the guest failed and its kernel saw no error of a disk. */
  static void assertHealthy(GuestConsole console) {
    assertThat(
            console.run(
                "cat /tmp/errors 2>/dev/null; dmesg | grep -iE 'i/o error|blk_update_request|aborted' || true"))
        .isEmpty();
  }

  /** The last number in a restored image, all slots of which have to fit it. */
  static long lastNumberIn(Path rawImage) throws IOException {
    long[] numbers = new long[SLOTS];
    long last = 0;
    try (FileChannel channel = FileChannel.open(rawImage)) {
      for (int slot = 0; slot < SLOTS; slot++) {
        ByteBuffer block = ByteBuffer.allocate(16);
        channel.read(block, (long) slot * STRIDE);
        String text = new String(block.array(), StandardCharsets.US_ASCII);
        numbers[slot] = block.get(0) == 0 ? 0 : Long.parseLong(text);
        last = Math.max(last, numbers[slot]);
      }
    }
    for (int slot = 0; slot < SLOTS; slot++) {
      long expected = last - Math.floorMod(last - slot, SLOTS);
      assertThat(numbers[slot])
          .as("slot %s of an image whose last number is %s", slot, last)
          .isEqualTo(Math.max(expected, 0));
    }
    return last;
  }
}
