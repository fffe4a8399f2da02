package org.qmpbs.chunker;

import java.util.BitSet;
import java.util.Objects;
import java.util.UUID;

/**
 * Collects the digests of an image in any order and knows which are missing, so that an index with
 * a hole can never be built. Not thread-safe.
 */
public final class FixedIndexBuilder {
  private final long size;
  private final byte[] digests;
  private final BitSet assigned;

  /**
   * Starts with no position assigned.
   *
   * @param size of the image in bytes, 1 to {@link FixedIndex#MAX_SIZE}
   * @throws IllegalArgumentException if the size is out of these bounds
   */
  public FixedIndexBuilder(long size) {
    if (size < 1 || size > FixedIndex.MAX_SIZE) {
      throw new IllegalArgumentException(
          "a fixed index is of 1 to " + FixedIndex.MAX_SIZE + " bytes, not of " + size);
    }
    this.size = size;
    this.digests = new byte[Chunks.count(size) * Digest.BYTES];
    this.assigned = new BitSet();
  }

  FixedIndexBuilder(long size, byte[] digests) {
    this.size = size;
    this.digests = digests;
    this.assigned = new BitSet();
    assigned.set(0, digests.length / Digest.BYTES);
  }

  /**
   * Assigns the chunk at position {@code index}, replacing what was there.
   *
   * @throws IndexOutOfBoundsException if the image has no such chunk
   */
  public void set(int index, Digest digest) {
    digest.copyTo(digests, Objects.checkIndex(index, chunkCount()) * Digest.BYTES);
    assigned.set(index);
  }

  /** Size of the image in bytes. */
  public long size() {
    return size;
  }

  /** How many positions there are. */
  public int chunkCount() {
    return digests.length / Digest.BYTES;
  }

  /** Whether every position is assigned. */
  public boolean isComplete() {
    return assigned.cardinality() == chunkCount();
  }

  /**
   * The index.
   *
   * @throws IllegalStateException if a position is missing; that is always a bug of the caller
   */
  public FixedIndex build(UUID uuid, long ctime) {
    requireComplete();
    return new FixedIndex(uuid, ctime, size, digests.clone());
  }

  /**
   * The index checksum.
   *
   * @throws IllegalStateException if a position is missing
   */
  public Digest checksum() {
    requireComplete();
    return Digest.sha256(digests);
  }

  private void requireComplete() {
    if (!isComplete()) {
      throw new IllegalStateException(
          "chunk " + assigned.nextClearBit(0) + " of " + chunkCount() + " was never assigned");
    }
  }
}
