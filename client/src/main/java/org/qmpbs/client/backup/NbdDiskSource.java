package org.qmpbs.client.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.qmpbs.nbd.Extent;
import org.qmpbs.nbd.NbdClient;

/**
 * A disk through QEMU's NBD server. One connection: more of them gain nothing (docs/qemu.md,
 * "Measured").
 */
final class NbdDiskSource implements DiskSource {
  /** A read waits for the disk, and a sleeping or network disk may take tens of seconds. */
  private static final Duration OPERATION = Duration.ofMinutes(2);

  private final NbdClient client;

  private NbdDiskSource(NbdClient client) {
    this.client = client;
  }

  static DiskSource connect(Path socket, String export) throws IOException {
    return new NbdDiskSource(
        NbdClient.connect(socket, export, List.of(NbdClient.BASE_ALLOCATION), OPERATION));
  }

  @Override
  public long size() {
    return client.size();
  }

  @Override
  public void allocation(long offset, long length, Consumer<Extent> sink) throws IOException {
    client.extents(NbdClient.BASE_ALLOCATION, offset, length, sink);
  }

  @Override
  public CompletableFuture<@Nullable Void> readAsync(
      long offset, byte[] target, int targetOffset, int length) throws IOException {
    return client.readAsync(offset, target, targetOffset, length);
  }

  @Override
  public void close() {
    client.close();
  }
}
