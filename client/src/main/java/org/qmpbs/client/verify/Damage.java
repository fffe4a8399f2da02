package org.qmpbs.client.verify;

import java.util.List;
import org.qmpbs.chunker.Digest;
import org.qmpbs.client.read.ByteRange;
import org.qmpbs.client.read.DamagedArchiveException.Kind;

/** What is wrong with a snapshot. */
public sealed interface Damage {
  /** What is wrong. */
  Kind kind();

  /**
   * An index or a small file: the archive as a whole.
   *
   * @param archive name in the manifest
   * @param kind what is wrong
   * @param problem the same in words
   */
  record WholeFile(String archive, Kind kind, String problem) implements Damage {}

  /**
   * A chunk. Other snapshots may have it, too.
   *
   * @param digest its name
   * @param kind what is wrong
   * @param problem the same in words
   */
  record Chunk(Digest digest, Kind kind, String problem) implements Damage {}

  /**
   * Where damaged chunks are.
   *
   * @param archive name in the manifest
   * @param kind what is wrong with all of them
   * @param ranges bytes of the image, ascending
   */
  record Place(String archive, Kind kind, List<ByteRange> ranges) {
    /** Keeps a copy of the list. */
    public Place {
      ranges = List.copyOf(ranges);
    }
  }
}
