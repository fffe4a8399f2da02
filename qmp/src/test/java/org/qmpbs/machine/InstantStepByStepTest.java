package org.qmpbs.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qmpbs.machine.TwoDisks.MIB;
import static org.qmpbs.machine.TwoDisks.VD0;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.nbd.Extent;
import org.qmpbs.nbd.NbdClient;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QmpClient;

/**
 * A guest that writes between any two commands, unless it is stopped: a wrong order of commands can
 * not hide behind its speed.
 */
class InstantStepByStepTest {
  private static final int CHUNK = 4 * MIB;
  private static final int CHUNKS = 192;

  @TempDir Path directory;

  /** After each command it writes a counter to both disks, and once to a chunk of its own. */
  private static final class Guest extends ForwardingMonitor {
    private final Qemu qemu;
    private boolean stopped;
    private int counter;

    Guest(Monitor real, Qemu qemu) {
      super(real);
      this.qemu = qemu;
    }

    @Override
    public JsonNode execute(String command, ObjectNode arguments) throws IOException {
      JsonNode reply = super.execute(command, arguments);
      stopped = command.equals("stop") || (stopped && !command.equals("cont"));
      if (!stopped) {
        counter++;
        for (String disk : List.of(VD0, "sd0")) {
          qemu.guestWrites(disk, counter % 251, "0 64k");
          qemu.guestWrites(disk, counter % 251, (1 + counter % (CHUNKS - 1)) * 4 + "M 64k");
        }
      }
      return reply;
    }
  }

  /** The first byte of each chunk. */
  private static byte[] sample(MachineInstant instant, int disk) throws IOException {
    byte[] bytes = new byte[CHUNKS];
    try (NbdClient client =
        NbdClient.connect(
            instant.nbdSocket(), instant.disks().get(disk).exportName(), List.of(), Qemu.TIMEOUT)) {
      for (int chunk = 0; chunk < CHUNKS; chunk++) {
        client.read((long) chunk * CHUNK, bytes, chunk, 1);
      }
    }
    return bytes;
  }

  private static void assertNothingMissed(byte[] before, byte[] now, List<Extent> dirty) {
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      long start = (long) chunk * CHUNK;
      boolean listed =
          dirty.stream()
              .anyMatch(extent -> extent.offset() < start + CHUNK && extent.end() > start);
      assertThat(listed || before[chunk] == now[chunk]).as("chunk %d is listed", chunk).isTrue();
    }
  }

  @Test
  @Timeout(120)
  void oneInstantForAllDisksAndNoWriteBetweenTwoInstantsIsMissed() throws Exception {
    String size = CHUNKS * 4 + "M";
    Qemu.image(directory.resolve("a.qcow2"), "qcow2", size);
    Qemu.image(directory.resolve("b.raw"), "raw", size);
    try (Qemu qemu =
            Qemu.start(
                directory,
                "-machine",
                "q35",
                "-blockdev",
                "qcow2,node-name=n0,file.driver=file,file.filename=@/a.qcow2",
                "-device",
                "virtio-blk-pci,id=vd0,drive=n0",
                "-drive",
                "if=none,id=drv1,file=@/b.raw,format=raw",
                "-device",
                "virtio-scsi-pci,id=scsi0",
                "-device",
                "scsi-hd,id=sd0,drive=drv1");
        Machine machine =
            new Machine(
                new Guest(
                    QmpClient.connect(qemu.monitor, QmpClient.GREETING_DEADLINE, Qemu.TIMEOUT),
                    qemu),
                qemu.monitor,
                Qemu.TIMEOUT)) {
      byte[][] before = null;
      String trusted = null;
      for (int round = 0; round < 3; round++) {
        Path scratch = Files.createDirectory(directory.resolve("s" + round));
        String bitmap = "qmpbs:t:" + round + ":n";
        byte[][] now;
        try (MachineInstant instant =
            TwoDisks.take(qemu, machine, bitmap, trusted, qemu.scratch(scratch))) {
          now = new byte[][] {sample(instant, 0), sample(instant, 1)};
          assertThat(now[0]).as("the second disk's instant").isEqualTo(now[1]);
          if (before != null) {
            for (int disk = 0; disk < 2; disk++) {
              List<Extent> dirty = instant.disks().get(disk).dirty().orElseThrow();
              assertNothingMissed(before[disk], now[disk], dirty);
              assertThat(dirty.stream().mapToLong(Extent::length).sum())
                  .as("not simply everything")
                  .isLessThan((long) CHUNKS * CHUNK);
            }
          }
          instant.verify();
        }
        before = now;
        trusted = bitmap;
      }
      qemu.quit();
      assertThat(qemu.writesThatFailed()).isEmpty();
    }
  }
}
