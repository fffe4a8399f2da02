package org.qmpbs.machine;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Makes the files that hold what the guest overwrites during a backup. Every file is new: a used
 * one would serve its old content as the point in time.
 */
@FunctionalInterface
public interface ScratchFiles {
  /**
   * Creates an empty qcow2 image that QEMU can open for writing.
   *
   * @param name unique within the run, without extension
   * @param virtualSize bytes, exactly the disk's
   * @return its absolute path
   */
  Path create(String name, long virtualSize) throws IOException;

  /**
   * Returns when the storage answers. Asked before what was begun on it is taken apart again, for
   * QEMU would wait for it with the whole machine.
   */
  default void awaitAnswer() throws IOException {}
}
