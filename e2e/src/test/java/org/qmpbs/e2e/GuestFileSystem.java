package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;

/**
 * An ext4 file system on the first disk of a Linux guest, to which a program writes all the time.
 */
final class GuestFileSystem {
  private GuestFileSystem() {}

  /** Makes the image of disk {@code label} with an empty file system. */
  static void make(Path folder, String label, long size) {
    Path image = folder.resolve(label + ".raw");
    Qemu.create(image, ImageFormat.RAW, size);
    Processes.run(List.of("mke2fs", "-q", "-F", "-t", "ext4", image.toString()));
  }

  /** Starts the guest's agent, mounts, and starts the writer. */
  static void start(GuestConsole console) {
    console.run("/agent/start && until [ -s /run/qga.pid ]; do usleep 20000; done");
    console.run("mount -t ext4 /dev/vda /mnt");
    // Names, sizes and metadata change all the time; the journal is never empty for long.
    console.run(
        "(n=0; while true; do n=$((n+1)); f=/mnt/f$((n%40));"
            + " dd if=/dev/urandom of=$f.new bs=4k count=$((n%7+1)) 2>/dev/null"
            + " && mv $f.new $f || echo write $n failed >> /tmp/errors;"
            + " [ $((n%10)) = 0 ] && sync; echo $n > /tmp/new; mv /tmp/new /tmp/last; done) &");
    awaitWrites(console);
  }

  /** Waits until the guest has written some more files. */
  static void awaitWrites(GuestConsole console) {
    console.run(
        "l=$(cat /tmp/last 2>/dev/null || echo 0); t=0; until [ $(cat /tmp/last 2>/dev/null || echo 0) -ge $((l+20)) ]; do"
            + " usleep 50000; t=$((t+1)); [ $t -lt 1200 ] || break; done; [ $t -lt 1200 ]");
  }

  /** Whether the writer stands still. */
  static boolean isFrozen(GuestConsole console) {
    return console
        .run("a=$(cat /tmp/last); sleep 2; [ $a = $(cat /tmp/last) ] && echo still || echo moving")
        .endsWith("still");
  }

  /** No write failed, and the kernel saw no error. */
  static void assertHealthy(GuestConsole console) {
    assertThat(
            console.run(
                "cat /tmp/errors 2>/dev/null; dmesg | grep -iE 'i/o error|ext4-fs error' || true"))
        .isEmpty();
  }

  /** Whether whoever mounts this image first has to replay the journal. */
  static boolean needsRecovery(Path image) {
    return Processes.run(List.of("dumpe2fs", "-h", image.toString())).contains("needs_recovery");
  }

  /** The file system is whole as it is. */
  static void assertClean(Path image) {
    Processes.Result check = Processes.tryRun(List.of("e2fsck", "-fn", image.toString()));
    assertThat(check.status()).as(check.output()).isZero();
  }
}
