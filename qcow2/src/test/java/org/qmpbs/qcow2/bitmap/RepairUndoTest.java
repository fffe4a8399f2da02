package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qmpbs.qcow2.HeaderExtension;
import org.qmpbs.qcow2.QemuTools;

class RepairUndoTest {
  @TempDir Path folder;
  private Path image;
  private Path side;

  @BeforeEach
  void anImageWithABitmapInUse() throws IOException {
    image = Sample.NARROW.in(folder);
    side = folder.resolve("side");
    damage(Damage.IN_USE);
  }

  private void damage(Damage damage) throws IOException {
    Draft draft = new Draft(Files.readAllBytes(image));
    damage.to(draft);
    Files.write(image, draft.image());
  }

  private void repair(boolean keepGood) throws IOException {
    try (BitmapImage bitmaps = BitmapImage.openForWriting(image)) {
      bitmaps.repair(keepGood, side);
    }
  }

  private void undo() throws IOException {
    try (BitmapImage bitmaps = BitmapImage.openForWriting(image)) {
      bitmaps.undoRepair(side);
    }
  }

  /** Bitmaps that come back would not know of this write: the next backup would lack it. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void isRefusedOnceTheMachineRan(boolean keepGood) throws IOException {
    repair(keepGood);
    Sample.io(image, "write -P 0x31 0 64k");
    byte[] used = Files.readAllBytes(image);

    assertThatThrownBy(this::undo)
        .isInstanceOfSatisfying(
            BitmapRefusedException.class,
            e -> assertThat(e.reason()).isEqualTo(BitmapRefusedException.Reason.CHANGED))
        .hasMessageContaining("used since");
    assertThat(Files.readAllBytes(image)).isEqualTo(used);
  }

  @ParameterizedTest
  @EnumSource(names = {"COUNT_HIGH", "DIRECTORY_ZEROED", "STALE"})
  void isRefusedEvenIfTheMachineWroteNothing(Damage damage) throws IOException {
    damage(damage);
    repair(false);
    Sample.io(image, "read 0 512");

    assertThatThrownBy(this::undo).isInstanceOf(BitmapRefusedException.class);
  }

  /** What the repair gave free was written to, though nothing came of it. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void isRefusedOnceAChangeWroteEvenIfItCameToNothing(boolean keepGood) throws IOException {
    Path source =
        Files.copy(
            Sample.TINY.in(Files.createDirectory(folder.resolve("o"))), folder.resolve("from"));
    image = Sample.TINY.in(folder);
    damage(Damage.IN_USE);
    repair(keepGood);
    byte[] repaired = Files.readAllBytes(image);
    change(
        source,
        new BitmapAction.Add(OptionalLong.of(512)),
        merge(Sample.NAMES.get(1)),
        new BitmapAction.Remove());
    assertThat(Files.readAllBytes(image)).isNotEqualTo(repaired);

    assertThatThrownBy(this::undo).isInstanceOf(BitmapRefusedException.class);
  }

  @Test
  void isPossibleAfterAChangeThatWroteNothing() throws IOException {
    byte[] before = Files.readAllBytes(image);
    repair(false);
    change(image, merge(Sample.FIRST));
    undo();
    assertThat(Files.readAllBytes(image)).isEqualTo(before);
  }

  private static BitmapAction merge(String from) {
    return new BitmapAction.Merge(BitmapName.of(from));
  }

  private void change(Path source, BitmapAction... actions) throws IOException {
    try (BitmapImage bitmaps = BitmapImage.openForWriting(image);
        BitmapImage from =
            source.equals(image) ? null : BitmapImage.openForReading(source, false)) {
      bitmaps.apply(BitmapName.of("new"), List.of(actions), Optional.ofNullable(from));
    }
  }

  @Test
  void canBeRepeated() throws IOException {
    byte[] before = Files.readAllBytes(image);
    repair(false);
    undo();
    undo();
    assertThat(Files.readAllBytes(image)).isEqualTo(before);
  }

  @Test
  void theSideFileIsNobodyElsesAndReplacesNothing() throws IOException {
    Files.writeString(side, "something");
    byte[] before = Files.readAllBytes(image);
    assertThatThrownBy(() -> repair(false)).isInstanceOf(FileAlreadyExistsException.class);
    assertThat(Files.readAllBytes(image)).isEqualTo(before);
    assertThat(side).hasContent("something");

    Files.delete(side);
    repair(false);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(side)))
        .isEqualTo("rw-------");
  }

  @Test
  void aSideFileThatIsNotWholeIsRefused() throws IOException {
    repair(false);
    byte[] whole = Files.readAllBytes(side);
    byte[] mended = Files.readAllBytes(image);
    for (int at : new int[] {0, 11, 40, whole.length - 1}) {
      byte[] other = whole.clone();
      other[at] ^= 1;
      Files.write(side, other);
      assertThatThrownBy(this::undo)
          .isInstanceOf(SideFileException.class)
          .hasMessageContaining("Nothing was written");
    }
    for (int length : new int[] {0, 20, 56, whole.length - 1}) {
      Files.write(side, Arrays.copyOf(whole, length));
      assertThatThrownBy(this::undo).isInstanceOf(SideFileException.class);
    }
    assertThat(Files.readAllBytes(image)).isEqualTo(mended);
  }

  /** The extension's data is in the second sector, and the first has the mark already. */
  @Test
  void isRefusedIfTheMarkOfTheRepairBeforeIsGone() throws IOException {
    Draft draft = new Draft(Files.readAllBytes(image));
    int from = draft.extension - BitmapFormat.EXTENSION_PREFIX;
    // Feature names, as many as QEMU 11 has.
    draft.bytes.put(504, Arrays.copyOfRange(draft.image(), from, from + 32));
    Arrays.fill(draft.image(), from, 504, (byte) 0);
    draft.bytes.putInt(from, HeaderExtension.FEATURE_NAMES).putInt(from + 4, 8 * 48);
    Files.write(image, draft.image());
    repair(true);
    Files.delete(side);
    damage(Damage.COUNT_HIGH);
    repair(true);
    assertThat(SideFile.read(side).sectors()).noneMatch(each -> each.offset() == 0);
    byte[] used = Files.readAllBytes(image);
    ByteBuffer.wrap(used).putLong(BitmapFormat.AUTOCLEAR_AT, BitmapFormat.AUTOCLEAR_BITMAPS);
    Files.write(image, used);

    assertThatThrownBy(this::undo)
        .isInstanceOf(BitmapRefusedException.class)
        .hasMessageContaining("used since");
    assertThat(Files.readAllBytes(image)).isEqualTo(used);
  }

  /** QEMU deletes them if it finds a bit that it does not know when it is to check the image. */
  @Test
  void noMarkIsLeftThatCostsSnapshots() throws IOException {
    image = Sample.USUAL.in(Files.createDirectory(folder.resolve("other")));
    damage(Damage.DIRECTORY_ZEROED);
    repair(false);
    byte[] repaired = Files.readAllBytes(image);
    assertThatThrownBy(this::undo)
        .isInstanceOf(BitmapRefusedException.class)
        .hasMessageContaining("internal snapshots");
    assertThat(Files.readAllBytes(image)).isEqualTo(repaired);

    QemuTools.succeed("qemu-img", "check", "-q", "-r", "all", image.toString());
    assertThat(QemuTools.succeed("qemu-img", "snapshot", "-l", image.toString()))
        .contains("before");
  }

  @Test
  void anotherImageIsRefused() throws IOException {
    repair(false);
    Files.write(image, new byte[1 << 20]);
    assertThatThrownBy(
            () -> RepairUndo.run(new MemoryImage(Files.readAllBytes(image)), SideFile.read(side)))
        .isInstanceOf(BitmapRefusedException.class);
  }

  @Test
  void nothingToMendMakesNoSideFile() throws IOException {
    repair(false);
    Files.delete(side);
    repair(false);
    assertThat(side).doesNotExist();
  }
}
