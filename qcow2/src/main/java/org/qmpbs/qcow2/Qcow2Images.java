package org.qmpbs.qcow2;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;

/** Whole images in one call. */
public final class Qcow2Images {
  private Qcow2Images() {}

  /**
   * Creates an image that reads as zeros and takes hardly any room: 256 KiB, and another 8 bytes
   * for each 512 MiB of disk.
   *
   * @param file must not exist; gets mode 0600
   * @param virtualSize as for {@link Qcow2Layout#of}
   * @throws java.nio.file.FileAlreadyExistsException if there is a file of that name
   * @throws IOException if it cannot be written; nothing is left behind then
   */
  public static void createEmpty(Path file, long virtualSize) throws IOException {
    Qcow2Layout layout = Qcow2Layout.of(virtualSize, new BitSet());
    try (Qcow2Writer writer = Qcow2Writer.create(file, layout)) {
      try {
        writer.finish();
      } catch (IOException | RuntimeException e) {
        deleteAfter(e, file);
        throw e;
      }
    }
  }

  private static void deleteAfter(Exception failure, Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
