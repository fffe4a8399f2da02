package org.qmpbs.client.read;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.qmpbs.client.rate.RateLimiter;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.ReaderSession;

/**
 * Downloads chunks and proves that they are right, several at a time. Nothing is bounded here but
 * the threads: callers keep no more than {@link #WINDOW} chunks in work, which bounds the memory,
 * whatever the image's size.
 */
public final class ChunkFetcher implements AutoCloseable {
  /** Keeps fetchers busy while one chunk is used: at most 8 blobs and 8 plain chunks, 64 MiB. */
  public static final int WINDOW = 8;

  /**
   * More GETs in flight on one connection are slower, not faster (measured, docs/protocol.md,
   * "Calls in flight").
   */
  private static final int FETCHERS = 2;

  private static final int WORKERS =
      Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));

  private final ReaderSession session;
  private final RateLimiter limiter;
  private final ExecutorService fetchers = pool("qmpbs-fetch-", FETCHERS);
  private final ExecutorService workers = pool("qmpbs-worker-", WORKERS);
  private final LongAdder chunks = new LongAdder();
  private final LongAdder bytes = new LongAdder();

  /** Reads from {@code session}, which the caller closes. */
  public ChunkFetcher(ReaderSession session, RateLimiter limiter) {
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

  /** Begins to get one chunk; {@link #await} waits for its plain bytes. */
  public CompletableFuture<byte[]> fetch(ChunkVerifier verifier, int chunk) {
    CompletableFuture<byte[]> plain = new CompletableFuture<>();
    fetchers.execute(() -> fetch(verifier, chunk, plain));
    return plain;
  }

  private void fetch(ChunkVerifier verifier, int chunk, CompletableFuture<byte[]> plain) {
    try {
      byte[] blob = session.chunk(verifier.digest(chunk));
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

  /**
   * The plain bytes of a chunk that {@link #fetch} began to get.
   *
   * @throws DamagedArchiveException if the server's chunk is not what the index says
   */
  public static byte[] await(CompletableFuture<byte[]> plain)
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
      throw new IllegalStateException("reading a chunk failed", cause);
    }
  }

  /** Chunks received so far. */
  public long chunks() {
    return chunks.sum();
  }

  /** Bytes received so far. */
  public long bytes() {
    return bytes.sum();
  }

  /** Ends the threads; calls in flight are interrupted. Idempotent. */
  @Override
  public void close() {
    fetchers.shutdownNow();
    workers.shutdownNow();
  }
}
