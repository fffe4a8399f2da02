package org.qmpbs.client.restore;

import java.util.Optional;
import org.qmpbs.chunker.ChunkOpener;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;

/**
 * One archive and where it goes.
 *
 * @param name in the manifest
 * @param destination checked
 * @param index of an image, or empty for a blob
 * @param opener of its chunks
 */
record ArchivePlan(
    String name, Destination destination, Optional<FixedIndex> index, ChunkOpener opener) {
  /** Bytes of the image that are not in a zero chunk; 0 for a blob. */
  long dataBytes() {
    if (index.isEmpty()) {
      return 0;
    }
    FixedIndex image = index.get();
    long data = 0;
    for (int chunk = 0; chunk < image.chunkCount(); chunk++) {
      data += isZero(image, chunk, opener) ? 0 : Chunks.length(image.size(), chunk);
    }
    return data;
  }

  /** Size of the image; 0 for a blob. */
  long imageSize() {
    return index.map(FixedIndex::size).orElse(0L);
  }

  /** Whether a chunk is known to be zero by its name. */
  static boolean isZero(FixedIndex index, int chunk, ChunkOpener opener) {
    Digest digest = index.digest(chunk);
    return digest.equals(opener.names().ofZeros(Chunks.length(index.size(), chunk)));
  }
}
