package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.nbd.Extent;

/** A disk in memory that answers from a thread of its own; zero chunks are holes. */
final class FakeDiskSource implements DiskSource {
  private final byte[] image;
  private final ExecutorService replies =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "fake-replies");
            thread.setDaemon(true);
            return thread;
          });
  final AtomicLong bytesRead = new AtomicLong();
  final AtomicInteger largestRead = new AtomicInteger();
  volatile int failAtRead = -1;
  private final AtomicInteger reads = new AtomicInteger();
  volatile boolean closed;
  volatile boolean neverAnswers;

  FakeDiskSource(byte[] image) {
    this.image = image;
  }

  @Override
  public long size() {
    return image.length;
  }

  @Override
  public void allocation(long offset, long length, Consumer<Extent> sink) throws IOException {
    if (closed) {
      throw new IOException("closed");
    }
    int page = 64 << 10;
    for (long start = offset; start < offset + length; start += page) {
      int part = (int) Math.min(page, offset + length - start);
      boolean zero = org.qmpbs.chunker.Zeros.isZero(image, (int) start, part);
      sink.accept(new Extent(start, part, zero ? Extent.HOLE | Extent.ZERO : 0));
    }
  }

  @Override
  public CompletableFuture<@Nullable Void> readAsync(
      long offset, byte[] target, int targetOffset, int length) {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    int number = reads.incrementAndGet();
    largestRead.accumulateAndGet(length, Math::max);
    if (neverAnswers) {
      return done;
    }
    replies.execute(
        () -> {
          if (number == failAtRead || closed) {
            done.completeExceptionally(new IOException("Input/output error"));
            return;
          }
          System.arraycopy(image, (int) offset, target, targetOffset, length);
          bytesRead.addAndGet(length);
          done.complete(null);
        });
    return done;
  }

  @Override
  public void close() {
    closed = true;
    replies.shutdown();
  }

  /** An image of chunks that are filled as told: 0 is zeros, else a pattern of that seed. */
  static byte[] image(long size, int... seeds) {
    byte[] image = new byte[Math.toIntExact(size)];
    for (int i = 0; i < seeds.length; i++) {
      if (seeds[i] != 0) {
        byte[] chunk = new byte[Chunks.length(size, i)];
        new java.util.Random(seeds[i]).nextBytes(chunk);
        // Half of it compresses.
        java.util.Arrays.fill(chunk, 0, chunk.length / 2, (byte) seeds[i]);
        System.arraycopy(chunk, 0, image, i * Chunks.SIZE, chunk.length);
      }
    }
    return image;
  }
}
