package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The volume of an image is full: no backup leaves QEMU with something that it cannot store. */
class BitmapRoomTest {
  private static final int MIB = 1 << 20;
  private static final int CHUNK = 4 * MIB;

  @TempDir Path folder;
  private Path volume;

  @BeforeEach
  void mountASmallVolume() throws Exception {
    volume = Files.createDirectory(folder.resolve("volume"));
    Processes.Result mounted =
        Processes.tryRun(List.of("mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", volume + ""));
    assumeTrue(mounted.status() == 0, "only root can mount a small file system");
  }

  @AfterEach
  void unmount() {
    Processes.tryRun(List.of("umount", "-l", volume.toString()));
  }

  @Test
  void aFullVolumeGetsABitmapInMemoryAndEndsWithAWholeImage() throws Exception {
    DiskPlan alpha = DiskPlan.of("alpha", ImageFormat.QCOW2, 64 * MIB);
    Path image = volume.resolve("image");
    Qemu.create(image, ImageFormat.QCOW2, 64 * MIB);
    Files.createSymbolicLink(folder.resolve("alpha.qcow2"), image);
    try (TestServer server = TestServer.start(folder.resolve("server"));
        QemuMachine machine = QemuMachine.in(folder).disk(alpha).start()) {
      Stage stage = new Stage(folder, server);
      Stage.fill(machine.disk("alpha"), 0, 3 * CHUNK);
      assertStored(stage.backup(machine), true);
      // A user's bitmap, so that there is something to lose.
      machine
          .monitor()
          .execute(
              "block-dirty-bitmap-add",
              Map.of("node", "node-alpha", "name", "mine", "persistent", true));
      machine.disk("alpha").write(CHUNK, 1000);
      Path filler = fillVolume();

      Outcome full = stage.backup(machine);
      full.disk(alpha).assertIncremental().assertReadAtMost(CHUNK);
      assertStored(full, false);
      assertThat(full.summary().at("/warnings/0").asText())
          .contains("disk alpha: " + folder.resolve("alpha.qcow2"), "remove bitmaps", "node-alpha");
      JsonNode room = status(stage, machine);
      assertThat(room.get("short").asBoolean()).isTrue();
      assertThat(room.get("bytes_available").asLong())
          .isLessThan(room.get("bytes_needed").asLong());

      machine.disk("alpha").write(2 * CHUNK, 1000);
      Outcome again = stage.backup(machine);
      again.disk(alpha).assertIncremental().assertReadAtMost(CHUNK);
      stage.assertRestores(again.snapshot(), machine, machine.content());

      // The user follows the advice, and QEMU has nothing to store when it ends.
      machine
          .monitor()
          .execute("block-dirty-bitmap-remove", Map.of("node", "node-alpha", "name", "mine"));
      machine.quit();
      assertThat(Files.readString(folder.resolve("qemu.log"))).doesNotContain("bitmap");
      Qemu.img("check", "-q", image.toString());
      machine.start();
      machine.disk("alpha").write(0, 1000);
      Outcome restarted = stage.backup(machine);
      restarted.disk(alpha).assertFull("BITMAP_NOT_PERSISTENT").assertUploaded(1);
      stage.assertRestores(restarted.snapshot(), machine, machine.content());

      Files.delete(filler);
      Outcome roomy = stage.backup(machine);
      roomy.disk(alpha).assertIncremental();
      assertStored(roomy, true);
      assertThat(status(stage, machine).get("short").asBoolean()).isFalse();
    }
  }

  /** Leaves less than any bitmap needs. */
  private Path fillVolume() throws IOException {
    Path filler = volume.resolve("filler");
    int most = 100_000;
    Files.write(filler, new byte[(int) Files.getFileStore(volume).getUsableSpace() - most]);
    return filler;
  }

  private static void assertStored(Outcome backup, boolean stored) {
    JsonNode disk = backup.summary().at("/disks/0");
    assertThat(disk.get("bitmap_stored").asBoolean()).as("%s", backup).isEqualTo(stored);
    assertThat(backup.summary().get("warnings").isEmpty()).as("%s", backup).isEqualTo(stored);
  }

  private static JsonNode status(Stage stage, QemuMachine machine) {
    return stage
        .qmpbs()
        .run("status", "--qmp", machine.qmpSocket().toString(), "--output-format", "json")
        .assertDone()
        .summary()
        .at("/disks/0/bitmap_room");
  }
}
