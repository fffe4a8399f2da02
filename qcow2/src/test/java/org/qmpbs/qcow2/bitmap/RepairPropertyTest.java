package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qmpbs.qcow2.QemuTools.assertClean;
import static org.qmpbs.qcow2.QemuTools.assertSameGuestData;
import static org.qmpbs.qcow2.QemuTools.succeed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever happened to the bitmaps, a repair ends in a good image with the guest's data. */
class RepairPropertyTest {
  private static final int CASES = Integer.getInteger("qmpbs.repair.cases", 200);

  /**
   * Seed 508: a name that has swallowed the next entry, in a directory that then ends too early.
   */
  private static final int FIRST = Integer.getInteger("qmpbs.repair.first", 400);

  /** How many cases there are for one at which the slow tools look. */
  private static final int THOROUGH = 20;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(names = {"USUAL", "TINY", "NARROW", "BYTES", "SUBCLUSTERS", "BACKED", "EXTERNAL"})
  void anyDamageIsMendedWithoutTouchingTheGuest(Sample sample) throws IOException {
    byte[] whole = Files.readAllBytes(sample.in(folder));
    GuestClusters guest = new GuestClusters(whole);
    Path image = folder.resolve("mended.qcow2");
    Path raw = folder.resolve("whole.raw");
    String original = folder.resolve("disk.qcow2").toString();
    succeed("qemu-img", "convert", "-f", "qcow2", "-O", "raw", original, raw.toString());
    try (StorageDaemon qemu = new StorageDaemon()) {
      for (int seed = FIRST; seed < FIRST + CASES; seed++) {
        Draft draft = new Draft(whole);
        new RandomDamage(seed).to(draft);
        boolean keepGood = seed % 2 == 0;
        MemoryImage memory = new MemoryImage(draft.image());
        PlannedRepair repair = PlannedRepair.of(memory, keepGood);
        SideFile side = SideFile.of(memory, repair.steps());
        repair.run(memory);
        guest.assertUntouched(memory);
        assertThat(memory.length()).isEqualTo(whole.length);
        assertThat(memory.isFlushed()).isTrue();
        assertThat(PlannedRepair.of(memory, keepGood).plan().isEmpty())
            .as("seed %d", seed)
            .isTrue();
        CheckReport report = ImageCheck.of(memory).report();
        assertThat(report.findings())
            .as("seed %d: %s", seed, repair.plan())
            .allMatch(each -> each.severity() == Severity.NOTE);
        Files.write(image, memory.bytes());
        if (seed % THOROUGH < 2) {
          assertClean(image);
          assertSameGuestData(raw, image);
        }
        assertThat(qemu.refusal(image, true)).as("seed %d", seed).isEmpty();
        RepairUndo.putBack(memory, side);
        assertThat(memory.bytes()).isEqualTo(draft.image());
      }
    }
  }
}
