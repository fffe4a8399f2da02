package org.qmpbs.qcow2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Qcow2ImagesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {512, 1 << 30, 8L << 40, Qcow2Layout.MAX_VIRTUAL_SIZE})
  void qemuWritesToAnEmptyImageAtBothEnds(long size) throws IOException {
    Path image = folder.resolve("scratch.qcow2");
    Qcow2Images.createEmpty(image, size);

    QemuTools.assertClean(image);
    String end = String.valueOf(size - 512);
    assertThat(
            QemuTools.succeed(
                "qemu-io",
                "-f",
                "qcow2",
                "-c",
                "read -P 0 " + end + " 512",
                "-c",
                "write -P 9 " + end + " 512",
                "-c",
                "read -P 9 " + end + " 512",
                image.toString()))
        .doesNotContain("failed");
    QemuTools.assertClean(image);
  }

  @Test
  void anEmptyImageTakesHardlyAnyRoom() throws IOException {
    Path image = folder.resolve("scratch.qcow2");
    Qcow2Images.createEmpty(image, 8L << 40);

    assertThat(Files.size(image)).isLessThan(512 << 10);
  }

  @Test
  void nobodyElseMayReadIt() throws IOException {
    Path image = folder.resolve("scratch.qcow2");
    Qcow2Images.createEmpty(image, 1 << 20);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(image)))
        .isEqualTo("rw-------");
  }

  @Test
  void anExistingFileOrLinkIsLeftAlone() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "precious");
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nothing"));

    assertThatThrownBy(() -> Qcow2Images.createEmpty(file, 1 << 20))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> Qcow2Images.createEmpty(link, 1 << 20))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(file).hasContent("precious");
    assertThat(folder.resolve("nothing")).doesNotExist();
  }

  @Test
  void aFolderThatIsMissingIsAnError() {
    assertThatThrownBy(() -> Qcow2Images.createEmpty(folder.resolve("no/scratch.qcow2"), 512))
        .isInstanceOf(NoSuchFileException.class);
  }
}
