package org.qmpbs.machine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * One point in time of all requested disks, held open for reading while the guest runs on. The
 * guest never waits for the reader: what it overwrites is copied to scratch files first, and when
 * that fails the point in time breaks, not the guest.
 *
 * <p>Not thread-safe, but reading through NBD may go on in other threads meanwhile.
 */
public interface MachineInstant extends AutoCloseable {
  /** Where QEMU serves the exports. */
  Path nbdSocket();

  /** The disks, in the order of the request. */
  List<DiskView> disks();

  /**
   * To be called after the last byte was read and before anything read is relied on.
   *
   * @throws PointInTimeBrokenException if what was read may not be the point in time
   */
  void verify() throws IOException;

  /**
   * Takes everything apart, in the order that QEMU allows, except the new and the trusted bitmaps.
   * Goes on past errors and throws the first at the end. Idempotent.
   */
  @Override
  void close() throws IOException;
}
