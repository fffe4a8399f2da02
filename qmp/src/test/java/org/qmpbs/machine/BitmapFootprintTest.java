package org.qmpbs.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against what a real QEMU allocates when it stores bitmaps in which everything is dirty. */
class BitmapFootprintTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "64M, 65536, 16, 65536",
    "64M, 65536, 16, 512",
    "16M, 512, 16, 4096",
    "8M, 512, 64, 512",
    "1G, 4096, 1, 4096",
    "20G, 65536, 16, 512",
    "40G, 2097152, 16, 4096",
  })
  void isNeverLessThanQemuAllocatesAndHardlyMore(
      String size, int cluster, int refcountBits, long granularity) throws Exception {
    Path image =
        Qemu.image(
            directory.resolve("a.qcow2"),
            "qcow2",
            size,
            "-o",
            "cluster_size=" + cluster + ",refcount_bits=" + refcountBits);
    try (Qemu qemu = start()) {
      // Even a discard allocates the tables of the part that it discards, once.
      discardEverything(qemu);
      qemu.quit();
    }
    long before = end(image);
    long needed;
    try (Qemu qemu = start()) {
      try (Machine machine = qemu.connect()) {
        for (String name : List.of("a", "b".repeat(300))) {
          machine
              .liveBitmaps()
              .apply("n0", name, List.of(new BitmapChange.Add(OptionalLong.of(granularity))));
        }
        discardEverything(qemu);
        Disk disk = machine.disks().get(0);
        assertThat(disk.bitmaps())
            .hasSize(2)
            .allMatch(bitmap -> bitmap.dirtyBytes() == disk.size());
        needed = machine.bitmapRooms(List.of(disk)).get(disk.name()).stored();
      }
      qemu.quit();
    }
    long grown = end(image) - before;
    assertThat(grown).isPositive();
    assertThat(needed).isBetween(grown, grown + 4L * cluster);
  }

  /** Marks everything. */
  private static void discardEverything(Qemu qemu) throws Exception {
    long size = qemu.disks().get(0).size();
    long step = 1L << 30;
    for (long done = 0; done < size; done += step) {
      String where = done + " " + Math.min(step, size - done);
      assertThat(qemu.hmp("qemu-io -d " + TwoDisks.VD0 + " \"discard " + where + "\"")).isEmpty();
    }
  }

  private Qemu start() throws Exception {
    return Qemu.start(
        directory,
        "-machine",
        "q35",
        "-blockdev",
        "qcow2,node-name=n0,discard=unmap,file.driver=file,file.filename=@/a.qcow2",
        "-device",
        "virtio-blk-pci,id=vd0,drive=n0");
  }

  private static long end(Path image) throws Exception {
    String json =
        Qemu.run(
            List.of(Qemu.program("qemu-img"), "check", "-U", "--output", "json", image.toString()));
    return new ObjectMapper().readTree(json).path("image-end-offset").asLong();
  }

  @Test
  void nothingToStoreNeedsNothing() throws Exception {
    Qemu.image(directory.resolve("a.qcow2"), "qcow2", "1G");
    try (Qemu qemu = start();
        Machine machine = qemu.connect()) {
      Disk disk = machine.disks().get(0);
      BitmapRoom room = machine.bitmapRooms(List.of(disk)).get(disk.name());
      assertThat(room.stored()).isZero();
      assertThat(room.next()).isEqualTo((1 + 1 + 1 + 2) * 65536);
      assertThat(room.available().getAsLong())
          .isCloseTo(
              java.nio.file.Files.getFileStore(directory).getUsableSpace(),
              org.assertj.core.data.Offset.offset(1L << 30));
    }
  }
}
