package org.qmpbs.client.restore;

import java.io.IOException;
import java.nio.file.Path;
import org.qmpbs.qcow2.ImageInUseException;
import org.qmpbs.qcow2.ImageLock;

/** QEMU's image locks, with this package's words for a refusal. */
final class Locks {
  private Locks() {}

  /**
   * Locks an existing image or device.
   *
   * @param opened to open
   * @param shown how messages call it
   * @throws TargetException if a running QEMU has it
   */
  static ImageLock acquire(Path opened, Path shown) throws IOException {
    try {
      return ImageLock.acquireForWriting(opened);
    } catch (ImageInUseException e) {
      throw new TargetException(
          TargetException.Reason.IN_USE,
          shown + " is in use: a running QEMU or another restore has locked it",
          "Stop the machine, or restore to another target.",
          e);
    }
  }

  /** Fails if a running QEMU has {@code path}. */
  static void refuseLocked(Path path) throws IOException {
    acquire(path, path).close();
  }
}
