package org.qmpbs.client.diff;

import java.util.List;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.client.read.ByteRange;
import org.qmpbs.client.read.ByteRanges;

/**
 * Compares two images by the names of their chunks. Chunks of one name have the same content; a
 * chunk of another name differs in at least one byte, and counts as a whole. What only the larger
 * image has differs, too.
 */
final class IndexDiff {
  private IndexDiff() {}

  /** Where they differ, in bytes of the larger one. */
  static List<ByteRange> ranges(FixedIndex first, FixedIndex second) {
    FixedIndex larger = first.size() >= second.size() ? first : second;
    int common = Math.min(first.chunkCount(), second.chunkCount());
    ByteRanges ranges = new ByteRanges(larger.size());
    for (int chunk = 0; chunk < larger.chunkCount(); chunk++) {
      if (chunk >= common || !first.digest(chunk).equals(second.digest(chunk))) {
        ranges.add(chunk);
      }
    }
    return ranges.list();
  }
}
