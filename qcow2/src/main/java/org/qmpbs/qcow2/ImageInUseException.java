package org.qmpbs.qcow2;

import java.io.IOException;
import java.nio.file.Path;

/** Somebody has the image open: a running machine, a QEMU tool, or another part of this program. */
public final class ImageInUseException extends IOException {
  private static final long serialVersionUID = 1L;

  ImageInUseException(Path image) {
    super(
        image
            + " is in use: a running machine, a QEMU tool or another restore holds a lock on it."
            + " Nothing was written. Shut the machine down or end the tool, or choose another target.");
  }
}
