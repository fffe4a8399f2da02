package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A harness that sees nothing proves nothing: what all other tests stand on is tested first. */
class HarnessTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void whatTheTestWritesIsInTheImageAndInTheModel(Attachment attachment) {
    try (QemuMachine machine =
        QemuMachine.in(folder)
            .disk(DiskPlan.of("a", ImageFormat.QCOW2, 8 * MIB).attachedBy(attachment))
            .start()) {
      MachineDisk disk = machine.disk("a");
      disk.write(3 * MIB - 100, 70_000);
      disk.write(5 * MIB, MIB);
      disk.writeZeroes(5 * MIB, 100_000);
      machine.quit();
      disk.model().assertIsContentOf(raw(disk));
    }
  }

  @Test
  void anImageThatDiffersByOneByteIsNoticed() {
    try (QemuMachine machine =
        QemuMachine.in(folder).disk(DiskPlan.of("a", ImageFormat.RAW, 8 * MIB)).start()) {
      MachineDisk disk = machine.disk("a");
      DiskModel before = disk.model().copy();
      disk.write(6 * MIB + 7, new byte[] {1});
      machine.quit();
      assertThatThrownBy(() -> before.assertIsContentOf(disk.image()))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("differs at byte 6291463");
    }
  }

  @Test
  void aKilledMachineStartsAgainWithWhatItsGuestHadFlushed() {
    try (QemuMachine machine =
        QemuMachine.in(folder)
            .disk(DiskPlan.of("a", ImageFormat.QCOW2, 8 * MIB))
            .disk(DiskPlan.of("b", ImageFormat.RAW, 8 * MIB).on(Bus.SCSI))
            .start()) {
      machine.disk("a").write(MIB, MIB);
      machine.disk("b").write(MIB, MIB);
      machine.kill();
      machine.start();
      machine.disk("b").resize(12 * MIB);
      machine.disk("b").write(11 * MIB, MIB);
      machine.terminate();
      for (MachineDisk disk : machine.disks()) {
        disk.model().assertIsContentOf(raw(disk));
      }
    }
  }

  @Test
  void debrisIsSeenWhateverItIs() {
    Path scratch = folder.resolve("scratch");
    try (QemuMachine machine =
        QemuMachine.in(folder).disk(DiskPlan.of("a", ImageFormat.QCOW2, 8 * MIB)).start()) {
      Debris.assertNoneIn(machine, scratch, 0);
      Monitor monitor = machine.monitor();
      monitor.execute(
          "block-dirty-bitmap-add",
          Map.of("node", "node-a", "name", "qmpbs:t:1:n", "persistent", true));
      Debris.assertNoneIn(machine, scratch, 1);
      monitor.execute("block-dirty-bitmap-add", Map.of("node", "node-a", "name", "qmpbs:t:2:n"));
      assertThatThrownBy(() -> Debris.assertNoneIn(machine, scratch, 1))
          .hasMessageContaining("bitmaps per target of a");
      monitor.execute(
          "blockdev-add",
          Map.of("driver", "null-co", "node-name", "qmpbs-1-s0", "read-zeroes", true));
      monitor.execute(
          "nbd-server-start",
          Map.of(
              "addr",
              Map.of("type", "unix", "data", Map.of("path", folder.resolve("nbd").toString()))));
      assertThat(Debris.transientNames(monitor)).containsExactly("node qmpbs-1-s0", "NBD server");
    }
  }

  @Test
  void theLinuxGuestWritesToItsDisks() {
    try (QemuMachine machine =
        QemuMachine.in(folder)
            .linux()
            .disk(DiskPlan.of("a", ImageFormat.QCOW2, 8 * MIB))
            .disk(DiskPlan.of("b", ImageFormat.RAW, 8 * MIB).on(Bus.SCSI))
            .start()) {
      GuestConsole console = machine.console();
      for (String device : new String[] {"/dev/vda", "/dev/sda"}) {
        console.run("printf hello | dd of=" + device + " bs=512 seek=4096 conv=sync oflag=direct");
      }
      machine.quit();
      for (MachineDisk disk : machine.disks()) {
        byte[] sector = new byte[512];
        System.arraycopy(
            "hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, sector, 0, 5);
        disk.model().write(4096 * 512, sector);
        disk.model().assertIsContentOf(raw(disk));
      }
    }
  }

  @Test
  void theRecordsOfABusyGuestTellWhenItsImageWasTaken() throws IOException {
    GuestRecords records = new GuestRecords(16);
    try (QemuMachine machine =
        QemuMachine.in(folder)
            .writer()
            .disk(DiskPlan.of("a", ImageFormat.QCOW2, records.diskSize()))
            .disk(DiskPlan.of("b", ImageFormat.RAW, records.diskSize()).on(Bus.SCSI))
            .start()) {
      GuestWriter writer = GuestWriter.start(machine.console(), records, 10);
      long last = writer.stopAndVerify();
      writer.assertHealthy();
      machine.quit();
      assertThat(records.lastNumberIn(raw(machine.disk("a")), 0)).isEqualTo(last);
      Path image = raw(machine.disk("b"));
      assertThat(records.lastNumberIn(image, 1)).isEqualTo(last);
      try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(new byte[] {1}), records.diskSize() - 1);
      }
      assertThatThrownBy(() -> records.lastNumberIn(image, 1)).hasMessageContaining("row 15");
    }
  }

  private Path raw(MachineDisk disk) {
    Path raw = folder.resolve("converted-" + disk.plan().label());
    Qemu.img(
        "convert", "-f", disk.plan().format().driver(), "-O", "raw", disk.image() + "", raw + "");
    return raw;
  }
}
