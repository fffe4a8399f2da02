package org.qmpbs.client.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.qmpbs.client.restore.RestoreFixture.names;
import static org.qmpbs.client.restore.TargetException.Reason.EXISTS;
import static org.qmpbs.client.restore.TargetException.Reason.IN_USE;
import static org.qmpbs.client.restore.TargetException.Reason.UNUSABLE;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.client.restore.RestoreRequest.Selection;

class TargetTest {
  @TempDir private Path directory;
  private final RestoreFixture fixture = new RestoreFixture();

  private void assertRefused(Path target, boolean force, TargetException.Reason reason) {
    RestoreJob job = fixture.toFile(target, ImageFormat.RAW, force);
    assertThatExceptionOfType(TargetException.class)
        .isThrownBy(job::run)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
        .satisfies(e -> assertThat(e.remedy()).isNotEmpty());
    assertThat(fixture.server.reader.asked).isEmpty();
  }

  @Test
  void anExistingFileNeedsForceAndKeepsItsMode() throws Exception {
    Path target = Files.writeString(directory.resolve("disk"), "precious");
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r-----"));
    assertRefused(target, false, EXISTS);
    assertThat(target).hasContent("precious");
    fixture.toFile(target, ImageFormat.RAW, true).run();
    assertThat(Files.readAllBytes(target)).isEqualTo(fixture.image);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo("rw-r-----");
    assertThat(names(directory)).containsExactly("disk");
  }

  @Test
  void aFailedRestoreWithForceKeepsTheOldFile() throws Exception {
    Path target = Files.writeString(directory.resolve("disk"), "precious");
    fixture.server.hook =
        digest -> {
          throw new IOException("gone");
        };
    RestoreJob job = fixture.toFile(target, ImageFormat.RAW, true);
    assertThatExceptionOfType(IOException.class).isThrownBy(job::run);
    assertThat(target).hasContent("precious");
    assertThat(names(directory)).containsExactly("disk");
  }

  @Test
  void aLinkIsFollowedAndStaysALink() throws Exception {
    Path real = Files.writeString(directory.resolve("real"), "old");
    Path link = Files.createSymbolicLink(directory.resolve("link"), real);
    fixture.toFile(link, ImageFormat.RAW, true).run();
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(Files.readAllBytes(real)).isEqualTo(fixture.image);
  }

  @Test
  void whatIsNoFileIsRefusedEvenWithForce() throws Exception {
    assertRefused(directory, true, UNUSABLE);
    assertRefused(Path.of("/dev/null"), true, UNUSABLE);
    assertRefused(directory.resolve("no/such/directory"), true, UNUSABLE);
    Path dangling = Files.createSymbolicLink(directory.resolve("dangling"), Path.of("/nowhere/x"));
    assertRefused(dangling, true, UNUSABLE);
  }

  @Test
  void allIntoADirectoryWithoutAParentIsRefusedWithTheRemedy() {
    Path target = directory.resolve("no").resolve("such");
    RestoreRequest all =
        RestoreFixture.request(new Selection.AllTo(target), ImageFormat.RAW, false);
    assertThatExceptionOfType(TargetException.class)
        .isThrownBy(() -> fixture.job(all).run())
        .satisfies(e -> assertThat(e.remedy()).contains("mkdir -p " + directory.resolve("no")));
  }

  @Test
  void aFileThatAppearsMeanwhileIsNotOverwritten() throws Exception {
    Path target = directory.resolve("disk");
    fixture.server.hook =
        digest -> {
          if (Files.notExists(target)) {
            Files.writeString(target, "somebody else's");
          }
        };
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> fixture.restore(target));
    assertThat(target).hasContent("somebody else's");
    assertThat(names(directory)).containsExactly("disk");
  }

  @Test
  void anImageThatQemuHasOpenIsRefusedEvenWithForce() throws Exception {
    Path target = directory.resolve("disk.qcow2");
    Tools.run("qemu-img", "create", "-q", "-f", "qcow2", target.toString(), "16M");
    Path socket = directory.resolve("nbd");
    Process qemu =
        new ProcessBuilder(
                "qemu-nbd", "-t", "-f", "qcow2", "-k", socket.toString(), target.toString())
            .redirectErrorStream(true)
            .start();
    try {
      waitFor(socket, qemu);
      byte[] before = Files.readAllBytes(target);
      assertRefused(target, true, IN_USE);
      assertThat(Files.readAllBytes(target)).isEqualTo(before);
    } finally {
      qemu.destroyForcibly().waitFor();
    }
    fixture.toFile(target, ImageFormat.QCOW2, true).run();
    Tools.run("qemu-img", "check", "-q", target.toString());
  }

  /** The socket is there before the image is open; the server's greeting comes after it. */
  private static void waitFor(Path socket, Process qemu) throws Exception {
    while (Files.notExists(socket)) {
      if (qemu.waitFor(10, java.util.concurrent.TimeUnit.MILLISECONDS)) {
        throw new IOException(
            new String(qemu.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    try (SocketChannel connection = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      assertThat(connection.read(ByteBuffer.allocate(1))).isEqualTo(1);
    }
  }
}
