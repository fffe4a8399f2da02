package org.qmpbs.machine;

import java.io.IOException;

/**
 * Told while {@link Strategy#COPY_TO_SCRATCH} copies the disks; the other strategies never call.
 */
@FunctionalInterface
public interface CopyListener {
  /** Waits until the end, whatever it takes. */
  CopyListener NONE = (done, total) -> {};

  /**
   * Called many times a second, from the thread that takes the instant.
   *
   * @param done bytes of all disks
   * @param total bytes of all disks; may grow at the beginning
   * @throws IOException to end the copy; everything is then taken apart and this is what {@link
   *     Machine#takeInstant} throws
   */
  void copied(long done, long total) throws IOException;
}
