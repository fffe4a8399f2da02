package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qmpbs.qcow2.QemuTools.assertClean;
import static org.qmpbs.qcow2.QemuTools.run;
import static org.qmpbs.qcow2.QemuTools.succeed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each damage, on real images: named, mended, and undone, with QEMU as the judge. */
class RepairTest {
  @TempDir static Path folder;

  private static final Map<Sample, Path> IMAGES = new EnumMap<>(Sample.class);

  @BeforeAll
  static void images() throws IOException {
    for (Sample sample : Sample.values()) {
      Path image = sample.in(Files.createDirectory(folder.resolve(sample.name())));
      String raw = image.resolveSibling("whole.raw").toString();
      succeed("qemu-img", "convert", "-f", "qcow2", "-O", "raw", image.toString(), raw);
      IMAGES.put(sample, image);
    }
  }

  /** All damages of two kinds of images; of the others, a few that differ from kind to kind. */
  static Stream<Arguments> damages() {
    List<Arguments> all = new ArrayList<>();
    List<Sample> samples = List.of(Sample.values());
    List<Damage> kinds = List.of(Damage.values());
    for (Sample sample : samples) {
      for (Damage damage : kinds) {
        boolean fits = sample != Sample.EXTERNAL || damage != Damage.BITS_IN_GUEST_DATA;
        boolean chosen = kinds.indexOf(damage) % 20 == samples.indexOf(sample);
        if (fits && (sample == Sample.USUAL || sample == Sample.TINY || chosen)) {
          all.add(Arguments.of(sample, damage));
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("damages")
  void aDamageIsNamedMendedAndUndone(Sample sample, Damage damage) throws IOException {
    Path whole = IMAGES.get(sample);
    Draft draft = new Draft(Files.readAllBytes(whole));
    Optional<Long> at = damage.to(draft);
    Path image = whole.resolveSibling("damaged.qcow2");
    Path raw = whole.resolveSibling("whole.raw");
    for (boolean keepGood : new boolean[] {true, false}) {
      Files.write(image, draft.image());
      Path side = whole.resolveSibling("side-" + damage + keepGood);
      RepairPlan plan;
      try (BitmapImage bitmaps = BitmapImage.openForWriting(image)) {
        CheckReport report = bitmaps.check();
        assertThat(report.findings()).as("%s", report).anyMatch(each -> fits(each, damage, at));
        assertThat(report.guestWalked()).isTrue();
        plan = bitmaps.planRepair(keepGood);
        assertThat(bitmaps.repair(keepGood, side).plan()).isEqualTo(plan);
        assertThat(bitmaps.planRepair(keepGood).isEmpty()).isTrue();
        assertThat(bitmaps.planRepair(!keepGood).isEmpty()).isTrue();
        assertThat(bitmaps.check().worst()).isEmpty();
      }
      byte[] mended = Files.readAllBytes(image);
      assertThat(plan.remaining()).isEmpty();
      assertThat(plan.steps()).isNotEmpty();
      assertThat(plan.kept()).hasSizeLessThanOrEqualTo(keepGood ? 3 : 0);
      assertClean(image);
      assertSame(raw, image);
      MemoryImage undone = new MemoryImage(mended);
      RepairUndo.putBack(undone, SideFile.read(side));
      Files.write(image, undone.bytes());
      assertThat(Files.readAllBytes(image)).isEqualTo(draft.image());

      Files.write(image, mended);
      String info = succeed("qemu-img", "bitmap", "--add", image.toString(), "new");
      assertThat(info).isEmpty();
      assertClean(image);
      assertThat(names(image)).isEqualTo(namesAfter(plan));
    }
  }

  private static boolean fits(Finding finding, Damage damage, Optional<Long> at) {
    return finding.rule() == damage.rule() && (at.isEmpty() || finding.offset() == at.get());
  }

  private static void assertSame(Path raw, Path image) {
    assertThat(
            run("qemu-img", "compare", "-f", "raw", "-F", "qcow2", raw.toString(), image.toString())
                .output())
        .contains("Images are identical");
  }

  private static List<String> namesAfter(RepairPlan plan) {
    return Stream.concat(plan.kept().stream().map(BitmapName::toString), Stream.of("new")).toList();
  }

  private static List<String> names(Path image) throws IOException {
    return BitmapScan.of(new MemoryImage(Files.readAllBytes(image))).bitmaps().stream()
        .map(bitmap -> bitmap.entry().name().toString())
        .toList();
  }
}
