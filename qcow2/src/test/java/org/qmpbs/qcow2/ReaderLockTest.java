package org.qmpbs.qcow2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReaderLockTest {
  @TempDir Path folder;
  private Path image;
  private Path socket;

  @BeforeEach
  void anImage() throws IOException {
    image = folder.resolve("disk.qcow2");
    socket = folder.resolve("socket");
    Qcow2Images.createEmpty(image, 16 << 20);
  }

  @Test
  void aReaderKeepsWritersOutAndLetsReadersIn() throws IOException {
    try (ImageLock lock = ImageLock.acquireForReading(image)) {
      QemuTools.Result write =
          QemuTools.run("qemu-io", "-f", "qcow2", "-c", "write 0 512", image.toString());

      assertThat(write.status()).isNotZero();
      assertThat(write.output()).contains("Failed to get \"write\" lock");
      QemuTools.succeed("qemu-img", "info", image.toString());
      QemuTools.succeed("qemu-io", "-rf", "qcow2", "-c", "read 0 512", image.toString());
      assertThat(lock.channel().isOpen()).isTrue();
    }
    QemuTools.succeed("qemu-io", "-f", "qcow2", "-c", "write 0 512", image.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--read-only", "--shared=1"})
  void aReaderIsLetInBesideReadersOnly(String option) throws IOException {
    try (QemuTools.Server server =
        new QemuTools.Server(
            socket, "qemu-nbd", "-t", option, "-k", socket.toString(), "-f", "qcow2", at())) {
      if (option.equals("--read-only")) {
        ImageLock.acquireForReading(image).close();
      } else {
        assertThatThrownBy(() -> ImageLock.acquireForReading(image))
            .isInstanceOf(ImageInUseException.class)
            .hasMessageContaining("half old and half new");
        ImageLock.withoutLock(image).close();
      }
      assertThat(server.isRunning()).isTrue();
    }
    ImageLock.acquireForReading(image).close();
  }

  @Test
  void whoAsksForNoLockHasNone() throws IOException {
    try (ImageLock none = ImageLock.withoutLock(image)) {
      QemuTools.succeed("qemu-io", "-f", "qcow2", "-c", "write 0 512", at());
      assertThat(none.channel().isOpen()).isTrue();
    }
  }

  /** Closing either would drop the other's lock. */
  @Test
  void whatThisProcessHasOpenIsNotOpenedAgain() throws IOException {
    try (ImageLock lock = ImageLock.acquireForReading(image)) {
      assertThatThrownBy(() -> ImageLock.acquireForWriting(image))
          .isInstanceOf(ImageInUseException.class);
      assertThatThrownBy(() -> ImageLock.withoutLock(image))
          .isInstanceOf(ImageInUseException.class);
      assertThat(lock.channel().isOpen()).isTrue();
    }
  }

  /** The running program: root may not write to it either. */
  @Test
  void whereNobodyMayWriteTheHintIsToForceShare() throws IOException {
    Path readOnly = Path.of("/proc/self/exe").toRealPath();

    assertThat(Files.isReadable(readOnly)).isTrue();
    assertThatThrownBy(() -> ImageLock.acquireForReading(readOnly))
        .isInstanceOf(AccessDeniedException.class)
        .hasMessageContaining("--force-share");
  }

  /** The usual case of a user who is not root: the system says no more than that. */
  @Test
  void aHintShowsNoReasonWhereThereIsNone() {
    assertThat(ImageLock.withHint(image, new AccessDeniedException(at())))
        .hasMessageContaining("--force-share")
        .hasMessageNotContaining("null");
  }

  @Test
  void whatForceShareCannotReadEitherGetsNoSuchHint() {
    assertThatThrownBy(() -> ImageLock.acquireForReading(folder))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("Is a directory")
        .hasMessageNotContaining("--force-share");
  }

  private String at() {
    return image.toString();
  }
}
