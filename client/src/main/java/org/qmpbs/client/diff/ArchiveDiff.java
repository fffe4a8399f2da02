package org.qmpbs.client.diff;

import java.util.List;
import java.util.OptionalLong;
import org.qmpbs.client.read.ByteRange;
import org.qmpbs.client.read.ByteRanges;

/**
 * One archive in two snapshots.
 *
 * @param archive name in the manifests
 * @param state what became of it
 * @param firstSize in bytes, of the image or of the encoded blob, or empty if it is not there
 * @param secondSize likewise
 * @param ranges of an image that differ, ascending, in whole chunks; empty for anything else
 */
public record ArchiveDiff(
    String archive,
    State state,
    OptionalLong firstSize,
    OptionalLong secondSize,
    List<ByteRange> ranges) {

  /** Keeps a copy of the list. */
  public ArchiveDiff {
    ranges = List.copyOf(ranges);
  }

  /** What became of an archive. */
  public enum State {
    /** Byte by byte the same. */
    SAME,
    /** It differs. */
    CHANGED,
    /** Removed. */
    ONLY_IN_FIRST,
    /** Added. */
    ONLY_IN_SECOND,
    /** Its form differs, of which nothing follows for its content. */
    UNKNOWN
  }

  /** Bytes in the ranges. */
  public long bytes() {
    return ByteRanges.bytes(ranges);
  }
}
