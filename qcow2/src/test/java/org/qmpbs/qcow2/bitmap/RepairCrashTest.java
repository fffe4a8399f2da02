package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qmpbs.qcow2.QemuTools.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A repair that is cut off anywhere: between two flushes any of the sectors may have reached the
 * disk, in any order.
 */
class RepairCrashTest {
  /** qemu-img check found nothing, or leaks only. */
  private static final Set<Integer> NO_WORSE = Set.of(0, 3);

  @TempDir Path folder;
  private final Random random = new Random(4);

  @ParameterizedTest
  @CsvSource({"TINY, true", "TINY, false", "BYTES, true", "BYTES, false"})
  void aCutOffRepairIsNoWorseAndCanBeFinishedOrUndone(Sample sample, boolean keepGood)
      throws IOException {
    byte[] whole = Files.readAllBytes(sample.in(folder));
    Path image = folder.resolve("cut.qcow2");
    int states = 0;
    try (StorageDaemon qemu = new StorageDaemon()) {
      for (Damage damage : Damage.values()) {
        Draft draft = new Draft(whole);
        damage.to(draft);
        Files.write(image, draft.image());
        boolean readable = qemu.refusal(image, false).isEmpty();
        boolean sound = readable && NO_WORSE.contains(check(image));
        MemoryImage before = new MemoryImage(draft.image());
        PlannedRepair repair = PlannedRepair.of(before, keepGood);
        SideFile side = SideFile.of(before, repair.steps());
        for (byte[] cut : cuts(draft.image(), repair)) {
          states++;
          Files.write(image, cut);
          if (readable) {
            assertThat(qemu.refusal(image, false)).as("%s", damage).isEmpty();
          }
          if (sound) {
            assertThat(check(image)).as("%s", damage).isIn(NO_WORSE);
          }
          assertCanBeFinished(cut, keepGood, qemu, image);
          MemoryImage undone = new MemoryImage(cut);
          RepairUndo.putBack(undone, side);
          assertThat(undone.bytes()).as("%s", damage).isEqualTo(draft.image());
          assertUndoCanBeCutOff(undone.writes(), cut, side, draft.image());
        }
      }
    }
    assertThat(states).isGreaterThan(150);
  }

  private static int check(Path image) {
    return run("qemu-img", "check", "-f", "qcow2", image.toString()).status();
  }

  /** Every prefix of the writes, and of each step some others. */
  private List<byte[]> cuts(byte[] image, PlannedRepair repair) {
    List<byte[]> cuts = new ArrayList<>();
    byte[] flushed = image;
    for (Sectors.Step step : repair.steps()) {
      List<Long> sectors = new ArrayList<>(step.contents().keySet());
      Set<List<Long>> subsets = new LinkedHashSet<>();
      for (int i = 0; i <= sectors.size(); i++) {
        subsets.add(sectors.subList(0, i));
      }
      for (int i = 0; i < 3; i++) {
        subsets.add(sectors.stream().filter(each -> random.nextBoolean()).toList());
      }
      byte[] last = flushed;
      for (List<Long> subset : subsets) {
        byte[] state = flushed;
        for (long at : subset) {
          byte[] bytes = step.contents().get(at);
          assertThat(bytes.length).isLessThanOrEqualTo(512);
          state = MemoryImage.applied(state, at, bytes, bytes.length);
        }
        cuts.add(state);
        last = subset.size() == sectors.size() ? state : last;
      }
      flushed = last;
    }
    return cuts;
  }

  private static void assertCanBeFinished(
      byte[] cut, boolean keepGood, StorageDaemon qemu, Path image) throws IOException {
    MemoryImage again = new MemoryImage(cut);
    PlannedRepair.of(again, keepGood).run(again);
    assertThat(ImageCheck.of(again).report().worst()).isEmpty();
    Files.write(image, again.bytes());
    assertThat(qemu.refusal(image, true)).isEmpty();
  }

  private static void assertUndoCanBeCutOff(
      List<MemoryImage.Write> writes, byte[] cut, SideFile side, byte[] original)
      throws IOException {
    byte[] state = cut;
    for (MemoryImage.Write write : writes) {
      state = MemoryImage.applied(state, write.offset(), write.bytes(), write.bytes().length);
      MemoryImage again = new MemoryImage(state);
      RepairUndo.putBack(again, side);
      assertThat(again.bytes()).isEqualTo(original);
    }
  }
}
