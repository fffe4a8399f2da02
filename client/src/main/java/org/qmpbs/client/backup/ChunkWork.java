package org.qmpbs.client.backup;

import java.util.List;

/** What is to be done for some chunks of an image. A long run of equal chunks is one object. */
sealed interface ChunkWork {

  /**
   * Not written since the previous snapshot: whatever stands there is taken over.
   *
   * @param first position of the first chunk
   * @param count how many
   */
  record Reuse(int first, int count) implements ChunkWork {}

  /**
   * Known to be zero without reading.
   *
   * @param first position of the first chunk
   * @param count how many
   */
  record Zero(int first, int count) implements ChunkWork {}

  /**
   * One chunk to be read.
   *
   * @param chunk its position
   * @param ranges in ascending order and apart from each other; the rest of the chunk is zero
   */
  record Read(int chunk, List<Range> ranges) implements ChunkWork {
    public Read {
      ranges = List.copyOf(ranges);
    }

    /** How many bytes are read. */
    int bytes() {
      return ranges.stream().mapToInt(Range::length).sum();
    }
  }

  /**
   * A part of a chunk.
   *
   * @param start from the chunk's first byte
   * @param length in bytes, at least 1
   */
  record Range(int start, int length) {}
}
