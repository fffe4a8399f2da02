package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bitmaps that look healthy and do not belong to the last snapshot, or to this disk, or to what is
 * on it: each ends in a full read with its reason, or in an increment that is provably right.
 */
class LiarsTest {
  private static final int MIB = 1 << 20;
  private static final int CHUNK = 4 * MIB;

  /** Byte of a qcow2 header whose lowest bit says that the bitmaps are up to date. */
  private static final int AUTOCLEAR = 95;

  @TempDir static Path serverFolder;
  private static TestServer server;

  private final DiskPlan alpha = DiskPlan.of("alpha", ImageFormat.QCOW2, 32 * MIB);
  private final DiskPlan beta = DiskPlan.of("beta", ImageFormat.QCOW2, 32 * MIB);

  @TempDir Path folder;

  @BeforeAll
  static void startServer() {
    server = TestServer.start(serverFolder);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Test
  void anOverlayIsReadInFullAndSoIsTheDiskAfterItWasCommittedOrDropped() throws Exception {
    try (QemuMachine machine = QemuMachine.in(folder).disk(alpha).start()) {
      Stage stage = new Stage(folder, server);
      MachineDisk disk = machine.disk("alpha");
      disk.write(0, CHUNK);
      stage.backup(machine);

      // Committed before any backup saw the overlay: the base's bitmap recorded the commit.
      overlay(machine, "one");
      disk.write(CHUNK + 100, 5000);
      commit(machine, "one");
      right(stage, machine, stage.backup(machine)).disk(alpha).assertIncremental();

      // Committed after a backup of the overlay: the base's bitmap is older than that.
      overlay(machine, "two");
      disk.write(2 * CHUNK, 5000);
      stage.tryBackup(machine).assertDone().disk(alpha).assertFull("BITMAP_MISSING");
      disk.write(3 * CHUNK, 5000);
      commit(machine, "two");
      right(stage, machine, stage.backup(machine)).disk(alpha).assertFull("BITMAP_MISSING");

      // Dropped after a backup of it: the base's content and bitmap are older than the snapshot.
      DiskModel base = disk.model().copy();
      overlay(machine, "three");
      disk.write(0, 5000);
      stage.tryBackup(machine).assertDone().disk(alpha).assertFull("BITMAP_MISSING");
      machine.quit();
      disk.becomes(base);
      machine.start();
      right(stage, machine, stage.backup(machine)).disk(alpha).assertFull("BITMAP_MISSING");

      // Committed while the machine was off.
      overlay(machine, "four");
      disk.write(4 * CHUNK, 5000);
      machine.quit();
      Qemu.img("commit", "-q", folder.resolve("four.qcow2").toString());
      machine.start();
      right(stage, machine, stage.backup(machine)).disk(alpha).assertIncremental();
    }
  }

  @Test
  void aCloneThatSharesTheGroupIsNeverTakenForTheOriginal() throws IOException {
    Path other = Files.createDirectory(folder.resolve("clone"));
    try (QemuMachine original = QemuMachine.in(folder).disk(alpha).start()) {
      Stage stage = new Stage(folder, server);
      original.disk("alpha").write(0, CHUNK);
      stage.backup(original);
      original.quit();
      Files.copy(original.disk("alpha").image(), other.resolve("alpha.qcow2"));
      original.start();
      try (QemuMachine clone = QemuMachine.in(other).disk(alpha).start()) {
        clone.disk("alpha").becomes(original.disk("alpha").model().copy());
        original.disk("alpha").write(CHUNK, 5000);
        clone.disk("alpha").write(2 * CHUNK, 5000);
        // Its bitmap has recorded every difference to the snapshot that it came from.
        right(stage, clone, stage.backup(clone)).disk(alpha).assertIncremental();
        right(stage, original, stage.backup(original)).disk(alpha).assertFull("BITMAP_MISSING");
        clone.disk("alpha").write(3 * CHUNK, 5000);
        right(stage, clone, stage.backup(clone)).disk(alpha).assertFull("BITMAP_MISSING");
      }
    }
  }

  @Test
  void aBitmapThatSomebodyLaidHandsOnIsNotTrusted() throws IOException {
    try (QemuMachine machine = QemuMachine.in(folder).disk(alpha).disk(beta).start()) {
      Stage stage = new Stage(folder, server);
      machine.disks().forEach(disk -> disk.write(0, CHUNK));
      stage.backup(machine);

      change(machine, alpha, "disable");
      String name = change(machine, beta, "remove");
      machine.disks().forEach(disk -> disk.write(CHUNK, 5000));
      machine
          .monitor()
          .execute(
              "block-dirty-bitmap-add",
              Map.of("node", "node-beta", "name", name, "persistent", true));
      Outcome outcome = right(stage, machine, stage.backup(machine));
      outcome.disk(alpha).assertFull("BITMAP_DISABLED");
      outcome.disk(beta).assertFull("BITMAP_NOT_AS_MADE");

      // Another group's bitmaps are healthy, and relative to something else.
      Stage elsewhere = new Stage(folder, server);
      change(machine, alpha, "remove");
      Outcome first = elsewhere.tryBackup(machine).assertDone();
      first.disk(beta).assertFull("FIRST_BACKUP");
      machine.disks().forEach(disk -> disk.write(2 * CHUNK, 5000));
      outcome = right(stage, machine, stage.backup(machine));
      outcome.disk(alpha).assertFull("BITMAP_MISSING");
      outcome.disk(beta).assertIncremental();
    }
  }

  @Test
  void imagesThatChangedPlacesOrWereWrittenByAnotherToolAreReadInFull() throws IOException {
    try (QemuMachine machine = QemuMachine.in(folder).disk(alpha).disk(beta).start()) {
      Stage stage = new Stage(folder, server);
      machine.disks().forEach(disk -> disk.write(0, CHUNK));
      stage.backup(machine);
      machine.quit();
      swap(machine.disk("alpha").image(), machine.disk("beta").image());
      DiskModel model = machine.disk("alpha").model();
      machine.disk("alpha").becomes(machine.disk("beta").model());
      machine.disk("beta").becomes(model);
      machine.start();
      Outcome outcome = right(stage, machine, stage.backup(machine));
      outcome.disk(alpha).assertFull("BITMAP_MISSING");
      outcome.disk(beta).assertFull("BITMAP_MISSING");

      machine.quit();
      // What the format demands of a program that writes and knows nothing of bitmaps.
      try (RandomAccessFile image =
          new RandomAccessFile(machine.disk("alpha").image().toFile(), "rw")) {
        image.seek(AUTOCLEAR);
        image.write(0);
      }
      // QEMU's own tools record what they write.
      Qemu.io(machine.disk("beta").image(), ImageFormat.QCOW2, "write -P 0x5a 20M 4096");
      machine.disk("beta").model().write(20 * MIB, bytes(0x5a, 4096));
      machine.start();
      machine.disks().forEach(disk -> disk.write(CHUNK, 5000));
      outcome = right(stage, machine, stage.backup(machine, "--disk", "alpha", "--disk", "beta"));
      outcome.disk(alpha).assertFull("BITMAP_MISSING");
      outcome.disk(beta).assertIncremental();

      machine.disk("beta").write(2 * CHUNK, 5000);
      outcome = stage.backup(machine, "--disk", "alpha", "--disk", "beta=renamed");
      outcome.disk(alpha).assertIncremental();
      assertThat(outcome.summary().at("/disks/1/reason").asText())
          .isEqualTo("archive-not-in-snapshot");
    }
  }

  @Test
  void anImageWhoseBackingFileWasWrittenToIsReadInFull() throws IOException {
    Path base = folder.resolve("base.qcow2");
    Qemu.create(base, ImageFormat.QCOW2, 32 * MIB);
    Path image = folder.resolve("alpha.qcow2");
    Qemu.img("create", "-q", "-f", "qcow2", "-b", base + "", "-F", "qcow2", image.toString());
    try (QemuMachine machine = QemuMachine.in(folder).disk(alpha).start()) {
      Stage stage = new Stage(folder, server);
      machine.disk("alpha").write(0, CHUNK);
      stage.backup(machine);
      machine.quit();
      machine.start();
      machine.disk("alpha").write(CHUNK, 5000);
      right(stage, machine, stage.backup(machine)).disk(alpha).assertIncremental();

      machine.quit();
      Qemu.io(base, ImageFormat.QCOW2, "write -P 0x5a 8M 4096");
      machine.disk("alpha").model().write(8 * MIB, bytes(0x5a, 4096));
      machine.start();
      right(stage, machine, stage.backup(machine)).disk(alpha).assertFull("BACKING_CHANGED");
    }
  }

  private static byte[] bytes(int value, int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static Outcome right(Stage stage, QemuMachine machine, Outcome outcome) {
    stage.assertRestores(outcome.snapshot(), machine, machine.content());
    return outcome;
  }

  /** The guest goes on to write to a new image over its disk. */
  private void overlay(QemuMachine machine, String name) {
    machine
        .monitor()
        .execute(
            "blockdev-snapshot-sync",
            Map.of(
                "node-name",
                "node-alpha",
                "snapshot-file",
                folder.resolve(name + ".qcow2").toString(),
                "snapshot-node-name",
                name));
  }

  /** The overlay's content goes into the disk, and the guest is back on it. */
  private static void commit(QemuMachine machine, String overlay) throws InterruptedException {
    machine.monitor().execute("block-commit", Map.of("job-id", "commit", "device", overlay));
    boolean completed = false;
    for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30); ; ) {
      JsonNode jobs = machine.monitor().execute("query-jobs");
      if (jobs.isEmpty()) {
        return;
      }
      if (!completed && jobs.get(0).get("status").asText().equals("ready")) {
        machine.monitor().execute("job-complete", Map.of("id", "commit"));
        completed = true;
      }
      assertThat(System.nanoTime()).as("the commit ends: %s", jobs).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  /** Does something to the one bitmap of a disk that is ours; its name. */
  private static String change(QemuMachine machine, DiskPlan disk, String verb) {
    String node = "node-" + disk.label();
    for (JsonNode each :
        machine.monitor().execute("query-named-block-nodes", Map.of("flat", true))) {
      if (each.get("node-name").asText().equals(node)) {
        List<String> ours =
            each.path("dirty-bitmaps").findValuesAsText("name").stream()
                .filter(name -> name.startsWith("qmpbs:"))
                .toList();
        assertThat(ours).hasSize(1);
        machine
            .monitor()
            .execute("block-dirty-bitmap-" + verb, Map.of("node", node, "name", ours.get(0)));
        return ours.get(0);
      }
    }
    throw new AssertionError("no node " + node);
  }

  private static void swap(Path one, Path other) throws IOException {
    Path third = one.resolveSibling("third");
    Files.move(one, third);
    Files.move(other, one, StandardCopyOption.ATOMIC_MOVE);
    Files.move(third, other);
  }
}
