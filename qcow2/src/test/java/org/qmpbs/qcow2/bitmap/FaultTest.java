package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qmpbs.qcow2.QemuTools;
import org.qmpbs.qcow2.bitmap.BitmapRefusedException.Reason;

/** Every write and every flush fails once, and the error says what that has left. */
class FaultTest {
  private static final BitmapName NAME = BitmapName.of(Sample.FIRST);

  /** Has every kind of write: bits, table, directory, refcounts, header, what becomes free. */
  private static final List<BitmapAction> ACTIONS =
      List.of(
          new BitmapAction.Remove(),
          new BitmapAction.Add(OptionalLong.of(512)),
          new BitmapAction.Merge(BitmapName.of("other")),
          new BitmapAction.Disable());

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(
      value = CrashBase.class,
      names = {"USUAL", "BACKED", "GROWING", "STRADDLING", "FOLLOWED"})
  void anErrorLeavesTheImageInTheStateItTells(CrashBase kind) throws IOException {
    Path image = kind.in(folder);
    byte[] before = Files.readAllBytes(image);
    String old = Fingerprint.of(image);
    String now = afterAll(image, before);
    Set<CommitStage> met = EnumSet.noneOf(CommitStage.class);
    boolean fails = true;
    for (int works = 0; fails; works++) {
      FaultyFile file = new FaultyFile(before, works, "Input/output error");
      try {
        new BitmapChange(image, file).apply(NAME, ACTIONS, Optional.empty());
        fails = false;
      } catch (IOException e) {
        CommitStage stage = stageTold(e);
        met.add(stage);
        assertThat(e).hasMessageContaining(image.toString()).hasMessageContaining("Input/output");
        Files.write(image, file.bytes());
        assertState(kind + ", " + works + " worked", stage, image, before, old, now);
      }
    }
    assertThat(met).isEqualTo(EnumSet.allOf(CommitStage.class));
  }

  private static void assertState(
      String what, CommitStage stage, Path image, byte[] before, String old, String now)
      throws IOException {
    String found = Fingerprint.of(image);
    QemuTools.Result check =
        QemuTools.run("qemu-img", "check", "-q", "-f", "qcow2", image.toString());
    switch (stage) {
      case PREPARING -> {
        assertThat(Files.size(image)).as(what).isEqualTo(before.length);
        assertThat(found).as(what).isEqualTo(old);
        assertThat(check.status()).as(what).isZero();
      }
      case COUNTING -> assertThat(found).as(what).isEqualTo(old);
      case SWITCHING -> assertThat(found).as(what).isIn(old, now, "");
      case FREEING -> assertThat(found).as(what).isEqualTo(now);
    }
    assertThat(check.status()).as("%s: %s", what, check.output()).isIn(0, 3);
    if (check.status() == 3) {
      QemuTools.succeed("qemu-img", "check", "-q", "-r", "leaks", image.toString());
      QemuTools.assertClean(image);
    }
  }

  private static String afterAll(Path image, byte[] before) throws IOException {
    MemoryImage changed = new MemoryImage(before);
    new BitmapChange(image, changed).apply(NAME, ACTIONS, Optional.empty());
    Files.write(image, changed.bytes());
    return Fingerprint.of(image);
  }

  private static CommitStage stageTold(IOException e) {
    for (CommitStage stage : CommitStage.values()) {
      if (e.getMessage().contains(stage.consequence())) {
        return stage;
      }
    }
    throw new AssertionError("it does not say what state the image is in", e);
  }

  @ParameterizedTest
  @ValueSource(strings = {"No space left on device", "Disk quota exceeded"})
  void aFullFileSystemIsARefusalAndNothingGrew(String error) throws IOException {
    Path image = CrashBase.USUAL.in(folder);
    byte[] before = Files.readAllBytes(image);
    for (int works = 0; works < 3; works++) {
      FaultyFile file = new FaultyFile(before, works, error);
      BitmapRefusedException refused = refusal(image, file);

      assertThat(refused.reason()).isEqualTo(Reason.NO_ROOM);
      assertThat(refused).hasMessageContaining("Nothing was changed").hasRootCauseMessage(error);
      assertThat(file.length()).isEqualTo(before.length);
    }
  }

  /** Somebody who takes no locks writes between our first look and the moment it counts. */
  @Test
  void whatSomebodyElseHasWrittenMeanwhileIsNotOverwritten() throws IOException {
    Path image = CrashBase.USUAL.in(folder);
    byte[] before = Files.readAllBytes(image);
    BitmapScan scan = BitmapScan.of(new MemoryImage(before));
    int directory = (int) scan.extension().orElseThrow().directoryOffset();
    for (int at : List.of(91, 24 + 7, directory + 15)) {
      MeddledFile file = new MeddledFile(before, at);
      BitmapRefusedException refused = refusal(image, file);

      assertThat(refused.reason()).isEqualTo(Reason.CHANGED);
      assertThat(file.read(0, 512)).isEqualTo(file.atFirstFlush(0, 512));
    }
  }

  private static BitmapRefusedException refusal(Path image, ImageFile file) {
    try {
      new BitmapChange(image, file).apply(NAME, ACTIONS, Optional.empty());
    } catch (BitmapRefusedException e) {
      return e;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("was done");
  }
}
