package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A machine whose volume was full when QEMU stored its bitmaps, and which does not start any more:
 * the commands that bring it back, and what the next backup does.
 */
class FullVolumeTest {
  private static final int MIB = 1 << 20;
  private static final int CLUSTER = 65536;
  private static final long VOLUME = 32 * MIB;

  private static final String FULL = "No space left on device";

  /** More than fits. */
  private static final long DISK = 48 * MIB;

  @TempDir Path folder;
  private Volume volume;
  private Path image;
  private QemuMachine machine;
  private TestServer server;
  private Stage stage;
  private DiskPlan plan;

  @BeforeEach
  void aMachineThatWasBackedUp() {
    image = folder.resolve("alpha.qcow2");
    volume = Volume.create(folder.resolve("volume"), VOLUME, image, DISK);
    server = TestServer.start(folder.resolve("server"));
    plan = DiskPlan.of("alpha", ImageFormat.QCOW2, DISK);
    machine = QemuMachine.in(folder).disk(plan).start();
    stage = new Stage(folder, server);
    machine.disk("alpha").write(0, 6 * MIB);
    stage.backup(machine);
    machine.quit();
  }

  @AfterEach
  void end() {
    try {
      machine.close();
      server.close();
    } finally {
      volume.close(); // a loop device outlives its test, and there are few
    }
  }

  @Test
  void aMachineThatDoesNotStartIsBackWithOneCommandAndItsNextBackupReadsEverything()
      throws IOException {
    machine.start();
    addBitmapsOfSomebodyElse();
    fillVolume();
    machine.quit();
    assertThat(Files.readString(folder.resolve("qemu.log"))).contains("Lost persistent bitmaps");
    Files.delete(folder.resolve("qemu.log"));

    Outcome useless = bitmap("check", image.toString()).assertExit(16);
    assertThat(useless.out()).contains("USELESS", "not saved when the image was last closed");
    Outcome listed = bitmap("list", image.toString()).assertDone();
    assertThat(listed.out()).contains("inconsistent", "qmpbs  ", "target ");

    volume.zeroBitmapDirectory();
    assertThatThrownBy(() -> Qemu.img("info", image.toString()))
        .hasMessageContaining("constraints");
    assertThatThrownBy(machine::start).isInstanceOf(RuntimeException.class);
    machine.close();
    assertThat(Files.readString(folder.resolve("qemu.log"))).contains("constraints");
    assertThat(bitmap("check", image.toString()).assertExit(10).out())
        .contains("QEMU does not open it", "UNOPENABLE", "qmpbs bitmap repair " + image);
    assertThat(bitmap("repair", "--dry-run", image.toString()).assertDone().out())
        .contains("nothing was written");

    Path sideFile = folder.resolve("side");
    Outcome repair =
        bitmap("repair", "--side-file", sideFile.toString(), image.toString()).assertDone();
    assertThat(repair.out())
        .contains("--undo " + sideFile + " " + image, "reads this disk completely");
    assertThat(bitmap("check", image.toString()).assertDone().out()).contains("no errors");
    assertThat(Qemu.img("check", image.toString())).contains("No errors were found");

    machine.start();
    Outcome backup = stage.backup(machine);
    backup.disk(plan).assertFull("BITMAP_MISSING");
    stage.assertRestores(backup.snapshot(), machine, machine.content());
  }

  /** They, too, want to be stored at the end, in clusters that there are none of. */
  private void addBitmapsOfSomebodyElse() {
    for (int i = 0; i < 4; i++) {
      machine
          .monitor()
          .execute(
              "block-dirty-bitmap-add",
              Map.of(
                  "node",
                  machine.disk("alpha").rootNode(),
                  "name",
                  "virtnbdbackup." + i,
                  "persistent",
                  true));
    }
  }

  /** The guest writes until the volume has not one cluster left; QEMU says so in its log only. */
  private void fillVolume() throws IOException {
    MachineDisk disk = machine.disk("alpha");
    long offset = 6 * MIB;
    for (; offset < VOLUME - 4 * MIB; offset += MIB) {
      disk.write(offset, MIB);
    }
    for (; offset < DISK; offset += CLUSTER) {
      disk.write(offset, CLUSTER);
      if (Files.readString(folder.resolve("qemu.log")).contains(FULL)) {
        disk.model().write(offset, new byte[CLUSTER]);
        return;
      }
    }
    throw new AssertionError("the volume did not become full");
  }

  private Outcome bitmap(String... arguments) {
    List<String> command = new java.util.ArrayList<>(List.of("bitmap"));
    command.addAll(List.of(arguments));
    return stage.qmpbs().run(command.toArray(String[]::new));
  }
}
