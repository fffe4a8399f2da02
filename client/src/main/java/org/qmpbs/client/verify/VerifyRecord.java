package org.qmpbs.client.verify;

import java.time.Instant;
import java.util.BitSet;
import org.qmpbs.chunker.Digest;

/**
 * What an interrupted verification has done. That a chunk was good is true of the time when it was
 * read, so the times belong to it.
 *
 * @param subject what was verified
 * @param seed of the sample
 * @param plan checksum of the chosen chunks
 * @param begun when the first run began
 * @param saved when this was written
 * @param good which of the chosen chunks were good, counted in their order
 */
record VerifyRecord(
    Subject subject, long seed, Digest plan, Instant begun, Instant saved, BitSet good) {
  /** Keeps a copy of the bits. */
  VerifyRecord {
    good = (BitSet) good.clone();
  }

  @Override
  public BitSet good() {
    return (BitSet) good.clone();
  }

  /**
   * What a record is of. Two that differ in anything say nothing about each other.
   *
   * @param repository server and datastore
   * @param namespace empty for the root
   * @param snapshot its path
   * @param manifest checksum of the manifest, whose checksums cover the rest
   * @param subset which of its chunks
   */
  record Subject(
      String repository, String namespace, String snapshot, Digest manifest, String subset) {}
}
