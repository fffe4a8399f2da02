package org.qmpbs.machine;

import java.io.IOException;
import java.util.List;

/** How the instant itself is taken, once the scratch nodes and the NBD server are there. */
interface PointInTime {
  /**
   * Fixes the instant for all parts: the new bitmaps record every write after it, the copies of the
   * trusted ones hold every write before it, and what is overwritten from now on is kept.
   */
  void take(List<Part> parts) throws IOException;

  /** The node whose export is to be read. */
  String dataNode(Part part);

  /** The export that fails as soon as something could not be kept. */
  String witnessExport(Part part);

  /**
   * Checks what QEMU knows without reading.
   *
   * @throws PointInTimeBrokenException if the instant is lost
   */
  void checkState(Part part, BlockGraph graph) throws IOException;
}
