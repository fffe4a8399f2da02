package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.qmpbs.qcow2.QemuTools;

/** An image on the disk that becomes, one after the other, what crashes leave. */
final class CrashImage implements AutoCloseable {
  private final Path image;
  private final Path untouched;
  private final byte[] before;
  private final Set<String> seen = new HashSet<>();
  private List<CrashStates.Piece> present = List.of();

  CrashImage(Path folder, Path original, byte[] before) throws IOException {
    this.image = original;
    this.untouched = folder.resolve("untouched.qcow2");
    this.before = before;
    Files.copy(original, untouched, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Takes the image to a state; false if it was in the same before. */
  boolean become(List<CrashStates.Piece> pieces) throws IOException {
    if (!seen.add(key(pieces))) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      for (CrashStates.Piece piece : present) {
        if (piece.offset() < before.length) {
          int length = (int) Math.min(piece.bytes().length, before.length - piece.offset());
          channel.write(ByteBuffer.wrap(before, (int) piece.offset(), length), piece.offset());
        }
      }
      channel.truncate(before.length);
      for (CrashStates.Piece piece : pieces) {
        channel.write(ByteBuffer.wrap(piece.bytes()), piece.offset());
      }
    }
    present = pieces;
    return true;
  }

  /** Equal for equal images: what differs from the original, by sector. */
  private String key(List<CrashStates.Piece> pieces) {
    TreeMap<Long, byte[]> sectors = new TreeMap<>();
    for (CrashStates.Piece piece : pieces) {
      // Writes begin at sectors; one may end within.
      for (int at = 0; at < piece.bytes().length; at += 512) {
        int end = Math.min(at + 512, piece.bytes().length);
        sectors.put(piece.offset() + at, java.util.Arrays.copyOfRange(piece.bytes(), at, end));
      }
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      sectors.forEach(
          (at, bytes) -> {
            digest.update(ByteBuffer.allocate(8).putLong(0, at));
            digest.update(bytes);
          });
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  int distinct() {
    return seen.size();
  }

  String fingerprint() throws IOException {
    return Fingerprint.of(image);
  }

  /** Opens, has at most leaks, and reads as before. */
  void check(String where) {
    QemuTools.Result check =
        QemuTools.run("qemu-img", "check", "-q", "-f", "qcow2", image.toString());
    assertThat(check.status()).as("%s: %s", where, check.output()).isIn(0, 3);
    assertSameData(where);
  }

  void checkClean(String where) {
    QemuTools.Result check = QemuTools.run("qemu-img", "check", "-f", "qcow2", image.toString());
    if (!where.contains("STALE")) {
      assertThat(check.output()).as(where).contains("No errors were found");
    }
    assertSameData(where);
  }

  private void assertSameData(String where) {
    QemuTools.Result same =
        QemuTools.run(
            "qemu-img",
            "compare",
            "-f",
            "qcow2",
            "-F",
            "qcow2",
            untouched.toString(),
            image.toString());
    assertThat(same.output()).as(where).contains("Images are identical");
  }

  @Override
  public void close() throws IOException {
    Files.delete(untouched);
  }
}
