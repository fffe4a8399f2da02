package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.chunker.FixedIndexBuilder;
import org.qmpbs.pbs.FixedIndexWriter;
import org.qmpbs.pbs.IndexEntry;
import org.qmpbs.pbs.ManifestFile;

/**
 * Assigns chunks to positions, in our copy of the index and, in batches, in the server's. Where the
 * archive starts as a copy of the previous one, positions that get what they had are not sent.
 * Thread-safe; the batch that is full is sent by whoever filled it, outside the lock.
 */
final class IndexAppender {
  private final FixedIndexWriter writer;
  private final @Nullable FixedIndex base;
  private final FixedIndexBuilder index;
  private final BitSet touched = new BitSet();
  private List<IndexEntry> batch = new ArrayList<>();

  private IndexAppender(
      FixedIndexWriter writer, @Nullable FixedIndex base, FixedIndexBuilder index) {
    this.writer = writer;
    this.base = base;
    this.index = index;
  }

  /** An archive from nothing: every position has to be set. */
  static IndexAppender ofNew(FixedIndexWriter writer, long size) {
    return new IndexAppender(writer, null, new FixedIndexBuilder(size));
  }

  /** An archive that starts as a copy of {@code base}. */
  static IndexAppender ofReused(FixedIndexWriter writer, FixedIndex base) {
    return new IndexAppender(writer, base, base.toBuilder());
  }

  /** Whether positions that are not set keep the chunk they had. */
  boolean isReused() {
    return base != null;
  }

  /** Size of the image in bytes. */
  long size() {
    return index.size();
  }

  /** Assigns a chunk that the server knows. */
  void set(int position, Digest digest) throws IOException {
    List<IndexEntry> full = null;
    synchronized (this) {
      index.set(position, digest);
      touched.set(position);
      if (base != null && base.digest(position).equals(digest)) {
        return;
      }
      batch.add(new IndexEntry(Chunks.start(position), digest));
      if (batch.size() == FixedIndexWriter.MAX_APPEND) {
        full = batch;
        batch = new ArrayList<>();
      }
    }
    if (full != null) {
      writer.append(full);
    }
  }

  /** The index checksum; every position has to have a chunk. */
  synchronized Digest checksum() {
    return index.checksum();
  }

  /** The positions that were assigned. */
  synchronized BitSet touched() {
    return (BitSet) touched.clone();
  }

  /** Sends what is left and closes the archive. Nothing may be set after it. */
  ManifestFile close() throws IOException {
    List<IndexEntry> rest;
    Digest checksum;
    synchronized (this) {
      rest = batch;
      batch = new ArrayList<>();
      checksum = index.checksum();
    }
    if (!rest.isEmpty()) {
      writer.append(rest);
    }
    return writer.close(checksum);
  }
}
