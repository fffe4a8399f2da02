package org.qmpbs.qcow2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageLockTest {
  @TempDir Path folder;
  private Path image;
  private Path socket;

  @BeforeEach
  void anImage() throws IOException {
    image = folder.resolve("disk.qcow2");
    socket = folder.resolve("socket");
    Qcow2Images.createEmpty(image, 16 << 20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--read-only", "--shared=4"})
  void anImageThatQemuServesIsInUse(String option) throws IOException {
    try (QemuTools.Server server =
        option.isEmpty()
            ? serve("qemu-nbd", "-t", "-k", socket.toString(), "-f", "qcow2", image.toString())
            : serve(
                "qemu-nbd",
                "-t",
                option,
                "-k",
                socket.toString(),
                "-f",
                "qcow2",
                image.toString())) {
      assertInUse(server);
    }
    assertFree();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",readonly=on", ",snapshot=on"})
  void theDiskOfARunningMachineIsInUse(String option) throws IOException {
    try (QemuTools.Server machine = machine("file=" + image + ",format=qcow2" + option)) {
      assertInUse(machine);
    }
    assertFree();
  }

  @Test
  void theBackingFileOfARunningMachineIsInUse() throws IOException {
    Path overlay = folder.resolve("overlay.qcow2");
    QemuTools.succeed(
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "-b",
        image.toString(),
        "-F",
        "qcow2",
        overlay.toString());

    try (QemuTools.Server machine = machine("file=" + overlay + ",format=qcow2")) {
      assertInUse(machine);
    }
  }

  @Test
  void aRawDiskThatIsSharedOnPurposeIsInUseToo() throws IOException {
    Path raw = Files.write(folder.resolve("disk.raw"), new byte[1 << 20]);

    try (QemuTools.Server machine =
        serve(
            "qemu-system-x86_64",
            "-S",
            "-display",
            "none",
            "-nodefaults",
            "-qmp",
            "unix:" + socket + ",server=on,wait=off",
            "-drive",
            "if=none,id=d,format=raw,file=" + raw,
            "-device",
            "virtio-blk-pci,drive=d,share-rw=on")) {
      assertThatThrownBy(() -> ImageLock.acquireForWriting(raw))
          .isInstanceOf(ImageInUseException.class);
      assertThat(machine.isRunning()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-f", "-rf", "-sf"})
  void whileWeHoldItQemuOpensItInNoWay(String mode) throws IOException {
    try (ImageLock lock = ImageLock.acquireForWriting(image)) {
      assertQemuIsKeptOut(mode);
      assertThat(lock.channel().size()).isPositive();
    }
    assertThat(QemuTools.run("qemu-io", mode, "qcow2", "-c", "read 0 512", image.toString()))
        .extracting(QemuTools.Result::status)
        .isEqualTo(0);
  }

  @Test
  void aMachineDoesNotStartOnAnImageThatIsBeingWritten() throws IOException {
    try (ImageLock lock = ImageLock.acquireForWriting(image)) {
      QemuTools.Result result =
          QemuTools.run(
              "qemu-system-x86_64",
              "-S",
              "-display",
              "none",
              "-nodefaults",
              "-drive",
              "if=virtio,format=qcow2,file=" + image);

      assertThat(result.status()).isNotZero();
      assertThat(result.output()).contains("Failed to lock byte");
      assertThat(lock.channel().isOpen()).isTrue();
    }
  }

  @Test
  void theLockStandsThroughReadingAndRewritingTheImage() throws IOException {
    BitSet chunks = new BitSet();
    chunks.set(1);
    try (ImageLock lock = ImageLock.acquireForWriting(image)) {
      assertThat(Qcow2Header.read(lock.channel()).virtualSize()).isEqualTo(16 << 20);
      try (Qcow2Writer writer =
          Qcow2Writer.into(lock.channel(), Qcow2Layout.of(16 << 20, chunks))) {
        assertQemuIsKeptOut("-f");
        writer.writeChunk(1, new byte[4 << 20], 0, 4 << 20);
        writer.finish();
      }
      assertQemuIsKeptOut("-f");
    }
    QemuTools.assertClean(image);
  }

  @Test
  void aSecondAttemptInThisProcessIsRefusedAndTheFirstLockStands() throws IOException {
    Path alias = Files.createSymbolicLink(folder.resolve("alias"), image);
    try (ImageLock lock = ImageLock.acquireForWriting(image)) {
      assertInUse();
      assertThatThrownBy(() -> ImageLock.acquireForWriting(alias))
          .isInstanceOf(ImageInUseException.class);
      assertThat(lock.channel().isOpen()).isTrue();
      assertQemuIsKeptOut("-f");
    }
  }

  @Test
  @SuppressWarnings("try") // Closing by hand is what is tested.
  void closingTwiceIsClosingOnceAndDoesNotFreeTheNextLock() throws IOException {
    ImageLock first = ImageLock.acquireForWriting(image);
    first.close();
    try (ImageLock second = ImageLock.acquireForWriting(image)) {
      first.close();
      assertInUse();
      assertThat(second.channel().isOpen()).isTrue();
    }
  }

  /** Why there is one channel: if this ever fails, the class comment may be relaxed. */
  @Test
  void closingAnotherChannelOfTheSameFileGivesTheLockAway() throws IOException {
    try (ImageLock lock = ImageLock.acquireForWriting(image)) {
      FileChannel.open(image, StandardOpenOption.READ).close();

      assertThat(lock.channel().isOpen()).isTrue();
      assertThat(QemuTools.run("qemu-io", "-f", "qcow2", "-c", "read 0 512", image.toString()))
          .extracting(QemuTools.Result::status)
          .isEqualTo(0);
    }
  }

  @Test
  void otherLocksOnTheFileDoNotMatter() throws IOException {
    // Byte 0 is where libvirt's lock daemon has its own.
    try (FileChannel other = Qcow2WriterTest.open(image)) {
      assertThat(other.tryLock(0, 1, false)).isNotNull();
      try (ImageLock lock = ImageLock.acquireForWriting(image)) {
        assertThat(lock.channel().write(ByteBuffer.allocate(0), 0)).isZero();
      }
    }
  }

  @Test
  void theRefusalNamesTheImageAndWhoMayHaveIt() throws IOException {
    try (ImageLock lock = ImageLock.acquireForWriting(image)) {
      assertThatThrownBy(() -> ImageLock.acquireForWriting(image))
          .hasMessageContaining(image.toString())
          .hasMessageContaining("holds a lock on it");
      assertThat(lock.channel().isOpen()).isTrue();
    }
  }

  @Test
  void aMissingImageIsNotCreated() {
    Path missing = folder.resolve("missing");

    assertThatThrownBy(() -> ImageLock.acquireForWriting(missing))
        .isInstanceOf(NoSuchFileException.class);
    assertThat(missing).doesNotExist();
  }

  private void assertInUse(QemuTools.Server user) {
    assertInUse();
    assertThat(user.isRunning()).isTrue();
  }

  private void assertInUse() {
    assertThatThrownBy(() -> ImageLock.acquireForWriting(image))
        .isInstanceOf(ImageInUseException.class);
  }

  private void assertFree() throws IOException {
    ImageLock.acquireForWriting(image).close();
  }

  private void assertQemuIsKeptOut(String mode) {
    QemuTools.Result result =
        QemuTools.run("qemu-io", mode, "qcow2", "-c", "read 0 512", image.toString());
    assertThat(result.status()).as(result.output()).isNotZero();
    assertThat(result.output()).contains("Failed to lock byte");
  }

  private QemuTools.Server machine(String drive) {
    return serve(
        "qemu-system-x86_64",
        "-S",
        "-display",
        "none",
        "-nodefaults",
        "-qmp",
        "unix:" + socket + ",server=on,wait=off",
        "-drive",
        "if=virtio," + drive);
  }

  private QemuTools.Server serve(String... command) {
    return new QemuTools.Server(socket, command);
  }
}
