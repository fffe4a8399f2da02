package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qmpbs.qcow2.ImageInUseException;
import org.qmpbs.qcow2.QemuTools;
import org.qmpbs.qcow2.bitmap.BitmapRefusedException.Reason;

/** What is refused, and that nothing is written then. */
class LimitsTest {
  private static final BitmapName NAME = BitmapName.of("b");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "compat=0.10, 64M, VERSION_2, amend",
    "compat=1.1, 0, EMPTY_DISK, resize",
    "'encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10', 1M, ENCRYPTED, --image-opts"
  })
  void anImageOfAnotherKindIsRefused(String options, String size, Reason reason, String remedy)
      throws IOException {
    Path image = folder.resolve("disk.qcow2");
    QemuTools.succeed(
        "qemu-img",
        "create",
        "-q",
        "--object",
        "secret,id=s,data=123456",
        "-f",
        "qcow2",
        "-o",
        options,
        image.toString(),
        size);

    assertRefused(image, add(OptionalLong.empty()), reason, remedy);
  }

  @ParameterizedTest
  @CsvSource({"1, dirty bit", "2, corrupt bit"})
  void refcountsThatCannotBeReliedOnAreNotUsed(int bit, String feature) throws IOException {
    Path image = image("64M");
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(8).putLong(0, bit), 72);
    }

    assertThat(assertRefused(image, add(OptionalLong.empty()), Reason.UNCLEAN, "check -r all"))
        .hasMessageContaining(feature);
  }

  /** The clusters that are taken would be those in use. */
  @Test
  void whereRefcountsAreWrongNothingIsOverwritten() throws IOException {
    Path image = image("64M");
    QemuTools.succeed("qemu-io", "-f", "qcow2", "-c", "write -P 3 0 1M", image.toString());
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      // The only refcount block is the third cluster.
      channel.write(ByteBuffer.allocate(512), 2 << 16);
    }

    assertRefused(image, add(OptionalLong.empty()), Reason.DAMAGED, "check -r all");
  }

  @Test
  void aBitmapOfMoreThan512MiBIsRefusedWithTheGranularityThatFits() throws IOException {
    Path image = image("3T");
    QemuTools.Result theirs =
        QemuTools.run("qemu-img", "bitmap", "--add", "-g", "512", image.toString(), "b");

    assertThat(theirs.status()).isNotZero();
    BitmapRefusedException refused = refusedAction(image, NAME, add(OptionalLong.of(512)));
    assertThat(refused.reason()).isEqualTo(Reason.BITMAP_TOO_LARGE);
    assertThat(refused.remedy()).contains("at least 1024 bytes");
    try (BitmapImage opened = BitmapImage.openForWriting(image)) {
      opened.apply(NAME, List.of(add(OptionalLong.of(1024))), Optional.empty());
      assertThat(opened.list()).hasSize(1);
    }
    QemuTools.assertClean(image);
  }

  @Test
  void namesOf1To1023BytesAreAllowed() throws IOException {
    Path image = image("1M");
    BitmapAction add = add(OptionalLong.empty());

    assertThat(refusedAction(image, BitmapName.of(""), add).reason()).isEqualTo(Reason.NAME);
    assertThat(refusedAction(image, BitmapName.of("\u00e9".repeat(512)), add).reason())
        .isEqualTo(Reason.NAME);
    try (BitmapImage opened = BitmapImage.openForWriting(image)) {
      BitmapName longest = BitmapName.of("\u00e9".repeat(511) + "x");
      assertThat(opened.apply(longest, List.of(add), Optional.empty()).refused()).isEmpty();
    }
    QemuTools.assertClean(image);
  }

  /** A directory of this size is never written by QEMU in a test's time; so it is made here. */
  @Test
  void moreThan65535BitmapsAreRefused() throws IOException {
    Path image = image("1M");
    try (FileChannel channel =
        FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ManyBitmaps.write(channel, BitmapFormat.MAX_BITMAPS);
    }

    assertThat(refusedAction(image, NAME, add(OptionalLong.empty())).reason())
        .isEqualTo(Reason.TOO_MANY);
    try (BitmapImage opened = BitmapImage.openForWriting(image)) {
      BitmapsApplied applied =
          opened.apply(
              BitmapName.of("7"),
              List.of(new BitmapAction.Remove(), add(OptionalLong.empty())),
              Optional.empty());
      assertThat(applied.bitmaps()).isEqualTo(BitmapFormat.MAX_BITMAPS);
      // qemu-img check takes minutes for so many.
      assertThat(opened.check().findings()).isEmpty();
    }
  }

  @Test
  void theImageItselfIsNoOtherImageToMergeFrom() throws IOException {
    Path image = image("1M");
    try (BitmapImage opened = BitmapImage.openForWriting(image)) {
      opened.apply(NAME, List.of(add(OptionalLong.empty())), Optional.empty());
      assertThatThrownBy(() -> BitmapImage.openForReading(image, false))
          .isInstanceOf(ImageInUseException.class);
    }
    // So does QEMU.
    assertThat(
            QemuTools.run(
                    "qemu-img",
                    "bitmap",
                    "--merge",
                    "b",
                    "-b",
                    image.toString(),
                    "-F",
                    "qcow2",
                    image.toString(),
                    "b")
                .status())
        .isNotZero();
  }

  @Test
  void whatIsThereAlreadyIsNotWrittenAgain() throws IOException {
    Path image = image("1M");
    try (BitmapImage opened = BitmapImage.openForWriting(image)) {
      opened.apply(NAME, List.of(add(OptionalLong.empty())), Optional.empty());
    }
    byte[] before = Files.readAllBytes(image);
    try (BitmapImage opened = BitmapImage.openForWriting(image)) {
      List<BitmapAction> nothing =
          List.of(
              new BitmapAction.Enable(), new BitmapAction.Clear(), new BitmapAction.Merge(NAME));
      assertThat(opened.apply(NAME, nothing, Optional.empty()).applied()).isEqualTo(3);
    }
    assertThat(Files.readAllBytes(image)).isEqualTo(before);
  }

  private Path image(String size) {
    Path image = folder.resolve("disk.qcow2");
    QemuTools.succeed("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), size);
    return image;
  }

  private static BitmapAction add(OptionalLong granularity) {
    return new BitmapAction.Add(granularity);
  }

  private static BitmapRefusedException assertRefused(
      Path image, BitmapAction action, Reason reason, String remedy) throws IOException {
    byte[] before = Files.readAllBytes(image);
    try (BitmapImage opened = BitmapImage.openForWriting(image)) {
      BitmapRefusedException refused =
          catchThrowableOfType(
              BitmapRefusedException.class,
              () -> opened.apply(NAME, List.of(action), Optional.empty()));
      assertThat(refused.reason()).isEqualTo(reason);
      assertThat(refused.remedy()).contains(remedy);
      return refused;
    } finally {
      assertThat(Files.readAllBytes(image)).isEqualTo(before);
    }
  }

  private static BitmapRefusedException refusedAction(
      Path image, BitmapName name, BitmapAction action) throws IOException {
    try (BitmapImage opened = BitmapImage.openForWriting(image)) {
      return opened.apply(name, List.of(action), Optional.empty()).refused().orElseThrow();
    }
  }
}
