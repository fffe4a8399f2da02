package org.qmpbs.machine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** How the instant itself is taken, once the scratch nodes and the NBD server are there. */
interface PointInTime {
  /** The node that the scratch image lies on, or empty if it stands alone. */
  Optional<String> backing(Part part);

  /**
   * Looks whether the new scratch files can take what will be written to them, before QEMU has
   * them.
   */
  default void requireRoom(List<Part> parts, List<Path> scratchFiles) throws IOException {}

  /** Makes what the instant needs, so that nothing has to wait for that later. */
  default void prepare(List<Part> parts) throws IOException {}

  /**
   * Fixes the instant for all parts: the new bitmaps record every write after it, the copies of the
   * trusted ones hold every write before it, and what is overwritten from now on is kept.
   */
  void take(List<Part> parts) throws IOException;

  /** Does what remains until the instant can be read; the guest goes on writing. */
  default void settle(List<Part> parts) throws IOException {}

  /** Makes the nodes that are read. */
  void open(Part part) throws IOException;

  /** The node whose export is to be read. */
  String dataNode(Part part);

  /** The node that carries the copy of the trusted bitmap. */
  String listNode(Part part);

  /** The export that fails as soon as something could not be kept. */
  String witnessExport(Part part);

  /**
   * Whether the instant still needs the disk and what is kept of it while it is read. Otherwise it
   * is a copy, whose completeness can be seen at once.
   */
  boolean isLive();

  /**
   * Checks what QEMU knows without reading.
   *
   * @throws PointInTimeBrokenException if the instant is lost
   */
  void checkState(Part part, BlockGraph graph) throws IOException;
}
