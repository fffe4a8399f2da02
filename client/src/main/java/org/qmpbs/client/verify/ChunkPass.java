package org.qmpbs.client.verify;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.read.ChunkFetcher;
import org.qmpbs.client.read.ChunkVerifier;
import org.qmpbs.client.read.DamagedArchiveException;
import org.qmpbs.client.read.JobStop;

/**
 * Reads the chosen chunks, each once. Damage is noted and the pass goes on; anything else ends it.
 * What was good is handed to a keeper from time to time, and once more at the end, however it ends.
 */
final class ChunkPass {
  /** As much work is done twice at most after a kill. */
  private static final Duration KEEP_INTERVAL = Duration.ofSeconds(5);

  private final Inventory inventory;
  private final int[] chosen;
  private final BitSet good;
  private final List<ChunkVerifier> verifiers;
  private long bytes;

  private record Work(int position, CompletableFuture<byte[]> plain) {}

  /**
   * Plans a pass.
   *
   * @param chosen numbers of chunks
   * @param good which of the chosen are not read again; changed by the pass
   */
  ChunkPass(Inventory inventory, int[] chosen, BitSet good) {
    this.inventory = inventory;
    this.chosen = chosen;
    this.good = good;
    this.verifiers =
        inventory.images().stream()
            .map(image -> new ChunkVerifier(image.archive(), image.index(), image.opener()))
            .toList();
  }

  /** Plain bytes that are to be read. */
  long bytesLeft() {
    long left = 0;
    for (int i = good.nextClearBit(0); i < chosen.length; i = good.nextClearBit(i + 1)) {
      left += inventory.length(chosen[i]);
    }
    return left;
  }

  void run(
      ChunkFetcher fetcher,
      DamageLog damage,
      Progress progress,
      JobStop stop,
      Clock clock,
      Consumer<BitSet> keeper)
      throws IOException, InterruptedException {
    Deque<Work> window = new ArrayDeque<>(ChunkFetcher.WINDOW);
    Instant kept = clock.instant();
    int next = good.nextClearBit(0);
    try {
      while (next < chosen.length || !window.isEmpty()) {
        stop.check();
        while (next < chosen.length && window.size() < ChunkFetcher.WINDOW) {
          window.add(begin(fetcher, next));
          next = good.nextClearBit(next + 1);
        }
        Work oldest = window.removeFirst();
        finish(oldest, damage);
        int length = inventory.length(chosen[oldest.position()]);
        bytes += length;
        progress.advance(length);
        if (clock.instant().isAfter(kept.plus(KEEP_INTERVAL))) {
          kept = clock.instant();
          keeper.accept(good);
        }
      }
    } finally {
      keeper.accept(good);
    }
  }

  private Work begin(ChunkFetcher fetcher, int position) {
    int number = chosen[position];
    ChunkVerifier verifier = verifiers.get(inventory.imageNumber(number));
    return new Work(position, fetcher.fetch(verifier, inventory.chunk(number)));
  }

  private void finish(Work work, DamageLog damage) throws IOException, InterruptedException {
    try {
      ChunkFetcher.await(work.plain());
      good.set(work.position());
    } catch (DamagedArchiveException e) {
      damage.add(inventory.digest(chosen[work.position()]), e);
    }
  }

  /** Plain bytes that were read. */
  long bytes() {
    return bytes;
  }
}
