package org.qmpbs.client.restore;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.qmpbs.chunker.ChunkOpener;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.client.rate.RateLimiter;
import org.qmpbs.client.read.ChunkFetcher;
import org.qmpbs.client.read.ChunkVerifier;
import org.qmpbs.pbs.ReaderSession;

/**
 * Fetches the chunks of an index in parallel and hands them out in order, so that whoever writes
 * needs no thought for threads.
 *
 * <p>A window of the next positions is in work; the caller takes the oldest. The first failure in
 * image order ends it.
 */
final class ChunkStream implements AutoCloseable {
  private final ChunkFetcher fetcher;

  /** Receives an image in order. */
  interface Consumer {
    void data(int chunk, byte[] plain) throws IOException;

    void zeros(int chunk, int length) throws IOException;
  }

  /** A position in work; the future is missing for zeros. */
  private sealed interface Position {
    int chunk();

    record Zero(int chunk) implements Position {}

    record Data(int chunk, CompletableFuture<byte[]> plain) implements Position {}
  }

  ChunkStream(ReaderSession session, RateLimiter limiter) {
    this.fetcher = new ChunkFetcher(session, limiter);
  }

  /**
   * Gives every chunk of {@code index} to {@code consumer}, in order.
   *
   * @param opener of the archive's chunks
   */
  void read(String archive, FixedIndex index, ChunkOpener opener, Consumer consumer)
      throws IOException, InterruptedException {
    ChunkVerifier verifier = new ChunkVerifier(archive, index, opener);
    Deque<Position> window = new ArrayDeque<>(ChunkFetcher.WINDOW);
    int next = 0;
    while (next < index.chunkCount() || !window.isEmpty()) {
      while (next < index.chunkCount() && window.size() < ChunkFetcher.WINDOW) {
        window.add(begin(index, opener, verifier, next++));
      }
      Position oldest = window.removeFirst();
      if (oldest instanceof Position.Data data) {
        consumer.data(data.chunk(), ChunkFetcher.await(data.plain()));
      } else {
        consumer.zeros(oldest.chunk(), Chunks.length(index.size(), oldest.chunk()));
      }
    }
  }

  private Position begin(FixedIndex index, ChunkOpener opener, ChunkVerifier verifier, int chunk) {
    return ArchivePlan.isZero(index, chunk, opener)
        ? new Position.Zero(chunk)
        : new Position.Data(chunk, fetcher.fetch(verifier, chunk));
  }

  /** Chunks received so far. */
  long chunks() {
    return fetcher.chunks();
  }

  /** Bytes received so far. */
  long bytes() {
    return fetcher.bytes();
  }

  /** Ends the threads; calls in flight are interrupted. Idempotent. */
  @Override
  public void close() {
    fetcher.close();
  }
}
