package org.qmpbs.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where QEMU's images lie, and what is left there. */
class RoomFinderTest {
  private static final int MIB = 1 << 20;

  @TempDir Path directory;
  private final List<List<String>> undo = new ArrayList<>();

  @AfterEach
  void takeApart() throws Exception {
    for (List<String> command : undo) {
      Qemu.run(command);
    }
  }

  /** Prints what the command said; the test is skipped if it may not be run here. */
  private static String asRoot(String... command) throws Exception {
    try {
      return Qemu.run(List.of(command)).trim();
    } catch (IOException e) {
      assumeTrue(false, "needs root: " + e.getMessage());
      throw e;
    }
  }

  private Qemu start(String... blockdevs) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("-machine", "q35"));
    for (int i = 0; i < blockdevs.length; i++) {
      arguments.addAll(List.of("-blockdev", "qcow2,node-name=n" + i + "," + blockdevs[i]));
      arguments.addAll(List.of("-device", "virtio-blk-pci,id=vd" + i + ",drive=n" + i));
    }
    return Qemu.start(directory, arguments.toArray(String[]::new));
  }

  private static Map<String, BitmapRoom> rooms(Machine machine) throws IOException {
    return machine.bitmapRooms(machine.disks());
  }

  @Test
  void aBlockDeviceHasWhatLiesBehindTheHighestWrite() throws Exception {
    Path file = Files.createFile(directory.resolve("volume"));
    Qemu.run(List.of("truncate", "-s", "24M", file.toString()));
    String device = asRoot("losetup", "-f", "--show", file.toString());
    undo.add(List.of("losetup", "-d", device));
    Qemu.image(Path.of(device), "qcow2", "64M");
    try (Qemu qemu = start("file.driver=host_device,file.filename=" + device);
        Machine machine = qemu.connect()) {
      assertThat(rooms(machine).get("vd0").available()).isEmpty();
      assertThat(rooms(machine).get("vd0").lacksForNext()).isFalse();
      qemu.guestWrites(TwoDisks.VD0, 1, "0 16M");
      BitmapRoom half = rooms(machine).get("vd0");
      assertThat(half.place()).isEqualTo(device);
      assertThat(half.atMost()).isTrue();
      assertThat(half.available().getAsLong()).isBetween(7L * MIB, 8L * MIB);
      assertThat(half.lacksForNext()).isFalse();
      qemu.guestWrites(TwoDisks.VD0, 1, "16M 7M");
      BitmapRoom full = rooms(machine).get("vd0");
      assertThat(full.lacksForNext()).isTrue();
      assertThat(full.lacksForStored()).as("there is nothing stored").isFalse();
    }
  }

  @Test
  void imagesOnOneFileSystemShareWhatIsFree() throws Exception {
    Path small = Files.createDirectory(directory.resolve("small"));
    asRoot("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", small.toString());
    undo.add(List.of("umount", "-l", small.toString()));
    Qemu.image(small.resolve("a"), "qcow2", "64M");
    Qemu.image(small.resolve("b"), "qcow2", "64M", "-o", "cluster_size=4096");
    try (Qemu qemu =
            start(
                "file.driver=file,file.filename=@/small/a",
                "file.driver=file,file.filename=@/small/b");
        Machine machine = qemu.connect()) {
      long free = Files.getFileStore(small).getUsableSpace();
      Map<String, BitmapRoom> rooms = rooms(machine);
      assertThat(rooms.get("vd0").available().getAsLong())
          .isEqualTo(free - rooms.get("vd1").next());
      assertThat(rooms.get("vd1").available().getAsLong())
          .isEqualTo(free - rooms.get("vd0").next());
      assertThat(rooms.get("vd1").next()).isLessThan(rooms.get("vd0").next());
    }
  }

  /** QEMU writes a new directory for the bitmaps that remain, before it frees anything. */
  @Test
  void onAFullFileSystemOnlyTheLastStoredBitmapCanBeRemoved() throws Exception {
    Path small = Files.createDirectory(directory.resolve("small"));
    asRoot("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", small.toString());
    undo.add(List.of("umount", "-l", small.toString()));
    Path image = Qemu.image(small.resolve("a"), "qcow2", "64M");
    try (Qemu qemu = start("file.driver=file,file.filename=@/small/a");
        Machine machine = qemu.connect()) {
      for (String name : List.of("one", "two")) {
        machine
            .liveBitmaps()
            .apply("n0", name, List.of(new BitmapChange.Add(OptionalLong.empty())));
      }
      qemu.quit();
    }
    Path filler = small.resolve("filler");
    try (Qemu qemu = start("file.driver=file,file.filename=@/small/a");
        Machine machine = qemu.connect()) {
      Files.write(filler, new byte[(int) Files.getFileStore(small).getUsableSpace()]);
      assertThat(rooms(machine).get("vd0").lacksForStored()).isTrue();
      LiveBitmaps bitmaps = machine.liveBitmaps();
      List<Bitmap> before = bitmaps.list("n0");
      BitmapChangeException refusal =
          catchThrowableOfType(
              BitmapChangeException.class,
              () -> bitmaps.apply("n0", "one", List.of(new BitmapChange.Remove())));
      assertThat(refusal.reason()).isEqualTo(BitmapChangeException.Reason.NO_ROOM);
      assertThat(bitmaps.list("n0")).isEqualTo(before);
      Files.write(filler, new byte[0]);
      bitmaps.apply("n0", "one", List.of(new BitmapChange.Remove()));
      Files.write(filler, new byte[(int) Files.getFileStore(small).getUsableSpace()]);
      bitmaps.apply("n0", "two", List.of(new BitmapChange.Remove()));
      assertThat(rooms(machine).get("vd0").lacksForStored()).as("nothing is stored").isFalse();
      qemu.quit();
    }
    assertThat(Files.readString(directory.resolve("qemu.log"))).doesNotContain("bitmap");
    Qemu.run(List.of(Qemu.program("qemu-img"), "check", image.toString()));
  }

  @Test
  void whatCannotBeLookedAtIsNotKnownAndNotShort() throws Exception {
    Path image = Qemu.image(directory.resolve("a"), "qcow2", "1M");
    String relative = Path.of("").toAbsolutePath().relativize(image.toAbsolutePath()).toString();
    Qemu.image(directory.resolve("b"), "qcow2", "1M");
    Qemu.image(directory.resolve("c"), "qcow2", "1M");
    Qemu.image(directory.resolve("d"), "qcow2", "1M", "-o", "compat=0.10");
    try (Qemu qemu =
            start(
                "file.driver=file,file.filename=" + relative,
                "file.driver=raw,file.offset=0,file.file.driver=file,file.file.filename=@/b",
                "file.driver=blkdebug,file.image.driver=file,file.image.filename=@/c",
                "file.driver=file,file.filename=@/d");
        Machine machine = qemu.connect()) {
      Map<String, BitmapRoom> rooms = rooms(machine);
      assertThat(rooms.get("vd0").available()).as(rooms.get("vd0").place()).isEmpty();
      assertThat(rooms.get("vd1").available()).as(rooms.get("vd1").place()).isEmpty();
      assertThat(rooms.get("vd0").place()).startsWith("unknown: ").contains(relative);
      assertThat(rooms.get("vd2").available()).as("filters are looked through").isPresent();
      assertThat(rooms).as("version 2 stores nothing").doesNotContainKey("vd3");
      assertThat(rooms.values()).noneMatch(BitmapRoom::lacksForNext);
    }
  }
}
