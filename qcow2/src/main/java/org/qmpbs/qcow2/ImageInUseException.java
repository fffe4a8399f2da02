package org.qmpbs.qcow2;

import java.io.IOException;
import java.nio.file.Path;

/** Somebody has the image open: a running machine, a QEMU tool, or another part of this program. */
public final class ImageInUseException extends IOException {
  private static final long serialVersionUID = 1L;

  private ImageInUseException(String message) {
    super(message);
  }

  static ImageInUseException forWriting(Path image) {
    return new ImageInUseException(
        image
            + " is in use: a running machine, a QEMU tool or another run of qmpbs holds a lock on it");
  }

  static ImageInUseException forReading(Path image) {
    return new ImageInUseException(
        image
            + " is in use: a running machine or a QEMU tool writes to it, or this program has it"
            + " open already; what is read now may be half old and half new");
  }
}
