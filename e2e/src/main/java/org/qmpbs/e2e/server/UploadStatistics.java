package org.qmpbs.e2e.server;

import java.util.Map;

/** What the server writes into the manifest as {@code unprotected.chunk_upload_stats}. */
final class UploadStatistics {
  private long count;
  private long size;
  private long compressedSize;
  private long duplicates;

  void addChunk(long plainSize, ChunkStore.Inserted inserted) {
    count++;
    size += plainSize;
    compressedSize += inserted.size();
    duplicates += inserted.duplicate() ? 1 : 0;
  }

  /** A blob counts with its encoded size, and in no other number. */
  void addBlob(long encodedSize) {
    size += encodedSize;
  }

  void add(UploadStatistics other) {
    count += other.count;
    size += other.size;
    compressedSize += other.compressedSize;
    duplicates += other.duplicates;
  }

  Map<String, Long> numbers() {
    return Map.of(
        "count", count, "size", size, "compressed_size", compressedSize, "duplicates", duplicates);
  }
}
