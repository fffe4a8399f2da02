package org.qmpbs.client.restore;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.qmpbs.chunker.ChunkOpener;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.client.rate.RateLimiter;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.ReaderSession;

/**
 * Downloads and verifies the chunks of an index in parallel and hands them out in order, so that
 * whoever writes needs no thought for threads.
 *
 * <p>A window of the next {@link #WINDOW} positions is in work; the caller takes the oldest. The
 * window bounds the memory, whatever the image's size. The first failure in image order ends it.
 */
final class ChunkStream implements AutoCloseable {
  /**
   * More GETs in flight on one connection are slower, not faster (measured, docs/protocol.md,
   * "Calls in flight").
   */
  private static final int FETCHERS = 2;

  /** Keeps fetchers busy while one chunk is written: at most 8 blobs and 8 plain chunks, 64 MiB. */
  private static final int WINDOW = 8;

  private static final int WORKERS =
      Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));

  private final ReaderSession session;
  private final RateLimiter limiter;
  private final ExecutorService fetchers = pool("qmpbs-fetch-", FETCHERS);
  private final ExecutorService workers = pool("qmpbs-worker-", WORKERS);
  private final LongAdder chunks = new LongAdder();
  private final LongAdder bytes = new LongAdder();

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
    this.session = session;
    this.limiter = limiter;
  }

  private static ExecutorService pool(String name, int threads) {
    AtomicInteger number = new AtomicInteger();
    return Executors.newFixedThreadPool(
        threads,
        task -> {
          Thread thread = new Thread(task, name + number.getAndIncrement());
          thread.setDaemon(true);
          return thread;
        });
  }

  /**
   * Gives every chunk of {@code index} to {@code consumer}, in order.
   *
   * @param opener of the archive's chunks
   */
  void read(String archive, FixedIndex index, ChunkOpener opener, Consumer consumer)
      throws IOException, InterruptedException {
    ChunkVerifier verifier = new ChunkVerifier(archive, index, opener);
    Deque<Position> window = new ArrayDeque<>(WINDOW);
    int next = 0;
    while (next < index.chunkCount() || !window.isEmpty()) {
      while (next < index.chunkCount() && window.size() < WINDOW) {
        window.add(begin(index, opener, verifier, next++));
      }
      Position oldest = window.removeFirst();
      if (oldest instanceof Position.Data data) {
        consumer.data(data.chunk(), await(data.plain()));
      } else {
        consumer.zeros(oldest.chunk(), Chunks.length(index.size(), oldest.chunk()));
      }
    }
  }

  private Position begin(FixedIndex index, ChunkOpener opener, ChunkVerifier verifier, int chunk) {
    Digest digest = index.digest(chunk);
    if (ArchivePlan.isZero(index, chunk, opener)) {
      return new Position.Zero(chunk);
    }
    CompletableFuture<byte[]> plain = new CompletableFuture<>();
    fetchers.execute(() -> fetch(digest, verifier, chunk, plain));
    return new Position.Data(chunk, plain);
  }

  private void fetch(
      Digest digest, ChunkVerifier verifier, int chunk, CompletableFuture<byte[]> plain) {
    try {
      byte[] blob = session.chunk(digest);
      chunks.increment();
      bytes.add(blob.length);
      limiter.acquire(blob.length);
      workers.execute(() -> verify(verifier, chunk, blob, plain));
    } catch (PbsException e) {
      plain.completeExceptionally(verifier.refused(chunk, e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      plain.completeExceptionally(e);
    } catch (IOException | RuntimeException | Error e) {
      plain.completeExceptionally(e);
    }
  }

  private static void verify(
      ChunkVerifier verifier, int chunk, byte[] blob, CompletableFuture<byte[]> plain) {
    try {
      plain.complete(verifier.verify(chunk, blob));
    } catch (IOException | RuntimeException | Error e) {
      plain.completeExceptionally(e);
    }
  }

  private static byte[] await(CompletableFuture<byte[]> plain)
      throws IOException, InterruptedException {
    try {
      return plain.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IOException io) {
        throw io;
      }
      if (cause instanceof InterruptedException interrupted) {
        throw interrupted;
      }
      throw new IllegalStateException("restoring a chunk failed", cause);
    }
  }

  /** Chunks received so far. */
  long chunks() {
    return chunks.sum();
  }

  /** Bytes received so far. */
  long bytes() {
    return bytes.sum();
  }

  /** Ends the threads; calls in flight are interrupted. Idempotent. */
  @Override
  public void close() {
    fetchers.shutdownNow();
    workers.shutdownNow();
  }
}
