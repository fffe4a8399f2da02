package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
import org.qmpbs.qcow2.QemuTools;
import org.qmpbs.qcow2.bitmap.BitmapRefusedException.Reason;

/** A bitmap that was not saved can be removed, and nothing else; the same to qemu-img. */
class InconsistentBitmapTest {
  private static final BitmapName LOST = BitmapName.of(Sample.FIRST);
  private static final BitmapName OTHER = BitmapName.of("other");

  @TempDir Path folder;
  private Path image;

  @BeforeEach
  void aBitmapInUse() throws IOException {
    image = Sample.USUAL.in(folder);
    BitmapScan scan = BitmapScan.of(new MemoryImage(Files.readAllBytes(image)));
    patch(scan.bitmaps().get(0).entryOffset() + 12, 3);
  }

  private enum Use {
    ADD(new BitmapAction.Add(OptionalLong.empty()), Reason.ALREADY_EXISTS, "--add"),
    CLEAR(new BitmapAction.Clear(), Reason.INCONSISTENT, "--clear"),
    ENABLE(new BitmapAction.Enable(), Reason.INCONSISTENT, "--enable"),
    DISABLE(new BitmapAction.Disable(), Reason.INCONSISTENT, "--disable"),
    MERGE(new BitmapAction.Merge(OTHER), Reason.INCONSISTENT, "--merge", "other"),
    MERGE_ITSELF(new BitmapAction.Merge(LOST), Reason.SOURCE_INCONSISTENT, "--merge", Sample.FIRST),
    MERGE_NOBODY(
        new BitmapAction.Merge(BitmapName.of("nobody")),
        Reason.SOURCE_NOT_FOUND,
        "--merge",
        "nobody");

    @SuppressWarnings("ImmutableEnumChecker") // has no setters
    private final BitmapAction action;

    private final Reason reason;

    @SuppressWarnings("ImmutableEnumChecker") // is not changed
    private final String[] words;

    Use(BitmapAction action, Reason reason, String... words) {
      this.action = action;
      this.reason = reason;
      this.words = words;
    }
  }

  @ParameterizedTest
  @EnumSource
  void itCanNotBeUsed(Use use) throws IOException {
    byte[] before = Files.readAllBytes(image);
    String[] command = new String[use.words.length + 4];
    command[0] = "qemu-img";
    command[1] = "bitmap";
    System.arraycopy(use.words, 0, command, 2, use.words.length);
    command[command.length - 2] = image.toString();
    command[command.length - 1] = Sample.FIRST;
    assertThat(QemuTools.run(command).status()).isNotZero();
    Files.write(image, before);

    try (BitmapImage opened = BitmapImage.openForWriting(image)) {
      BitmapsApplied applied = opened.apply(LOST, List.of(use.action), Optional.empty());
      assertThat(applied.refused().orElseThrow().reason()).isEqualTo(use.reason);
    }
    assertThat(Files.readAllBytes(image)).isEqualTo(before);
  }

  @Test
  void itsRemovalGivesItsClustersFreeAndKeepsTheOthers() throws IOException {
    assertThat(remove()).isEmpty();

    QemuTools.assertClean(image);
    assertThat(QemuTools.succeed("qemu-img", "info", "--output=json", image.toString()))
        .contains("\"other\"", "\"z\"")
        .doesNotContain(Sample.FIRST);
  }

  /** As QEMU does it: what the table says cannot be believed, so its clusters are left alone. */
  @Test
  void withABrokenTableItIsRemovedAndTheLeakIsTold() throws IOException {
    BitmapScan scan = BitmapScan.of(new MemoryImage(Files.readAllBytes(image)));
    patch(scan.bitmaps().get(0).entry().tableOffset(), 0xff000000);

    assertThat(remove()).hasSize(1).first().asString().contains("qmpbs bitmap repair");
    QemuTools.succeed("qemu-img", "check", "-q", "-r", "leaks", image.toString());
    QemuTools.assertClean(image);
  }

  /** The guest has its data where the table was: refcount 0 would let QEMU write over it. */
  @Test
  void whatStandsWhereItsTableWasIsNotGivenFree() throws IOException {
    Draft draft = new Draft(Files.readAllBytes(image));
    patch(draft.entry(0) + 4, draft.guestData());
    remove();

    CheckReport report = ImageCheck.of(new MemoryImage(Files.readAllBytes(image))).report();
    assertThat(report.findings()).noneMatch(each -> each.rule() == Rule.GUEST_REFCOUNT_LOW);
  }

  /**
   * Clusters that no refcount block counts; the header stands where a block would be looked for.
   */
  @ParameterizedTest
  @ValueSource(longs = {1L << 40, 1L << 60, Long.MIN_VALUE + (1L << 16)})
  void withATableFarBehindTheEndItIsRemoved(long offset) throws IOException {
    Draft draft = new Draft(Files.readAllBytes(image));
    patch(draft.entry(0), (int) (offset >>> 32));
    patch(draft.entry(0) + 4, (int) offset);
    byte[] before = Files.readAllBytes(image);
    remove();

    byte[] after = Files.readAllBytes(image);
    int fields = draft.extension;
    assertThat(Arrays.copyOf(after, fields)).isEqualTo(Arrays.copyOf(before, fields));
    assertThat(Arrays.copyOfRange(after, fields + 24, 1 << 16))
        .isEqualTo(Arrays.copyOfRange(before, fields + 24, 1 << 16));
  }

  private List<String> remove() throws IOException {
    try (BitmapImage opened = BitmapImage.openForWriting(image)) {
      BitmapsApplied applied =
          opened.apply(LOST, List.of(new BitmapAction.Remove()), Optional.empty());
      assertThat(applied.bitmaps()).isEqualTo(2);
      return opened.warnings();
    }
  }

  private void patch(long offset, int value) throws IOException {
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(Integer.BYTES).putInt(0, value), offset);
    }
  }
}
