package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.qmpbs.nbd.Extent;

/** A disk at the point in time, open for reading. Reads may be started from several threads. */
interface DiskSource extends AutoCloseable {
  /** Its size in bytes. */
  long size();

  /**
   * What {@code base:allocation} says of a range, in ascending order.
   *
   * @param sink must not block
   */
  void allocation(long offset, long length, Consumer<Extent> sink) throws IOException;

  /**
   * Reads a range. Several reads may be under way; how many at once the implementation bounds, by
   * blocking here. What hangs on the future must not block.
   *
   * @return done when the bytes are in {@code target}
   */
  CompletableFuture<@Nullable Void> readAsync(
      long offset, byte[] target, int targetOffset, int length) throws IOException;

  /** Ends the connection; reads under way fail. Idempotent. */
  @Override
  void close() throws IOException;
}
