package org.qmpbs.client.verify;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.qmpbs.chunker.Digest;

/**
 * Chooses chunks by their digests. For a random sample every digest gets a rank that the seed
 * decides, and the lowest ranks are taken: the same seed makes the same sample, so that an
 * interrupted verification can go on, and no state is needed but the seed.
 */
final class Sampler {
  private Sampler() {}

  /**
   * Numbers of the chosen chunks, ascending; at least one if there are chunks, but for a part,
   * which may be empty.
   *
   * @param seed of random samples
   */
  static int[] choose(Inventory inventory, Subset subset, long seed) {
    if (subset instanceof Subset.Share share) {
      long wanted = (long) Math.ceil(inventory.count() * share.percent() / 100);
      return lowest(inventory, seed, (int) Math.max(1, Math.min(inventory.count(), wanted)));
    }
    if (subset instanceof Subset.Amount amount) {
      return lowest(inventory, seed, fitting(inventory, seed, amount.bytes()));
    }
    IntStream all = IntStream.range(0, inventory.count());
    if (subset instanceof Subset.Part part) {
      return all.filter(number -> partOf(inventory.digest(number), part.of()) == part.part())
          .toArray();
    }
    return all.toArray();
  }

  /** Digests are uniformly distributed, so the rest of a division is, too. */
  private static int partOf(Digest digest, int parts) {
    return 1 + (int) Long.remainderUnsigned(head(digest), parts);
  }

  private static int[] lowest(Inventory inventory, long seed, int wanted) {
    if (wanted >= inventory.count()) {
      return IntStream.range(0, inventory.count()).toArray();
    }
    long threshold = sortedRanks(inventory, seed)[wanted - 1];
    return IntStream.range(0, inventory.count())
        .filter(number -> rank(inventory.digest(number), seed) <= threshold)
        .toArray();
  }

  /** How many of the lowest ranks have no more than {@code bytes} together, but at least one. */
  private static int fitting(Inventory inventory, long seed, long bytes) {
    long[] ranks = sortedRanks(inventory, seed);
    int fits = 1;
    int tooMany = inventory.count() + 1;
    while (tooMany - fits > 1) {
      int tried = (fits + tooMany) >>> 1;
      if (bytesUpTo(inventory, seed, ranks[tried - 1]) <= bytes) {
        fits = tried;
      } else {
        tooMany = tried;
      }
    }
    return fits;
  }

  private static long bytesUpTo(Inventory inventory, long seed, long threshold) {
    return IntStream.range(0, inventory.count())
        .filter(number -> rank(inventory.digest(number), seed) <= threshold)
        .mapToLong(inventory::length)
        .sum();
  }

  private static long[] sortedRanks(Inventory inventory, long seed) {
    long[] ranks = new long[inventory.count()];
    for (int number = 0; number < ranks.length; number++) {
      ranks[number] = rank(inventory.digest(number), seed);
    }
    Arrays.sort(ranks);
    return ranks;
  }

  /** One to one in the digest's first 64 bits, so that no two chunks share a rank in practice. */
  private static long rank(Digest digest, long seed) {
    return mixed(head(digest) + mixed(seed));
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood, 2014). */
  private static long mixed(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  private static long head(Digest digest) {
    return ByteBuffer.wrap(digest.toBytes()).getLong();
  }
}
