package org.qmpbs.qcow2.bitmap;

import java.io.IOException;

/** Takes the dirty ranges of a disk, ascending, never adjacent to each other. */
@FunctionalInterface
public interface DirtyRange {
  /** A range in bytes of the disk; the last one ends with the disk at the latest. */
  void accept(long offset, long length) throws IOException;
}
