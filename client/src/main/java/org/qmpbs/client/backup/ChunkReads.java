package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.nbd.Extent;

/**
 * Fills the buffer of one chunk: ranges with data are read, all at once and in pieces of {@link
 * #READ_SIZE}, the gaps between them become zeros. Whatever goes wrong with the disk is a {@link
 * DiskReadException} that says where, so that nobody mistakes it for trouble with the server.
 */
final class ChunkReads {
  /** Larger requests are slower, smaller ones cost more than they read (docs/benchmarks.md). */
  static final int READ_SIZE = 1 << 20;

  private final DiskSource source;

  ChunkReads(DiskSource source) {
    this.source = source;
  }

  /** What is known to be zero in a range. */
  void allocation(long offset, long length, Consumer<Extent> sink) throws DiskReadException {
    try {
      source.allocation(offset, length, sink);
    } catch (IOException e) {
      throw new DiskReadException(
          "the block status at byte " + offset + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Starts all reads of a chunk. The buffer belongs to them until the future completes.
   *
   * @param length of the chunk in bytes
   */
  CompletableFuture<@Nullable Void> start(ChunkWork.Read work, byte[] buffer, int length)
      throws DiskReadException {
    zeroTheGaps(buffer, work.ranges(), length);
    long start = Chunks.start(work.chunk());
    List<CompletableFuture<@Nullable Void>> reads = new ArrayList<>();
    for (ChunkWork.Range range : work.ranges()) {
      int end = range.start() + range.length();
      for (int from = range.start(); from < end; from += READ_SIZE) {
        int count = Math.min(READ_SIZE, end - from);
        reads.add(readAsync(start + from, buffer, from, count));
      }
    }
    return CompletableFuture.allOf(reads.toArray(new CompletableFuture<?>[0]));
  }

  /** What a failed future of {@link #start} means. */
  static DiskReadException failure(ChunkWork.Read work, Throwable error) {
    Throwable cause = error.getCause();
    Throwable shown = error instanceof CompletionException && cause != null ? cause : error;
    return new DiskReadException(
        "reading the disk near byte "
            + Chunks.start(work.chunk())
            + " failed: "
            + shown.getMessage(),
        shown);
  }

  private CompletableFuture<@Nullable Void> readAsync(
      long offset, byte[] buffer, int bufferOffset, int length) throws DiskReadException {
    try {
      return source.readAsync(offset, buffer, bufferOffset, length);
    } catch (IOException e) {
      throw new DiskReadException(
          "reading the disk at byte " + offset + " failed: " + e.getMessage(), e);
    }
  }

  private static void zeroTheGaps(byte[] buffer, List<ChunkWork.Range> ranges, int length) {
    int position = 0;
    for (ChunkWork.Range range : ranges) {
      Arrays.fill(buffer, position, range.start(), (byte) 0);
      position = range.start() + range.length();
    }
    Arrays.fill(buffer, position, length, (byte) 0);
  }
}
