package org.qmpbs.client.read;

import java.util.ArrayList;
import java.util.List;
import org.qmpbs.chunker.Chunks;

/** Collects chunks in ascending order as ranges of bytes; neighbours become one range. */
public final class ByteRanges {
  private final long imageSize;
  private final List<ByteRange> ranges = new ArrayList<>();

  /** For chunks of an image of {@code imageSize} bytes. */
  public ByteRanges(long imageSize) {
    this.imageSize = imageSize;
  }

  /** Adds a chunk behind all that were added before. */
  public void add(int chunk) {
    long offset = Chunks.start(chunk);
    long length = Chunks.length(imageSize, chunk);
    int last = ranges.size() - 1;
    if (last >= 0 && ranges.get(last).end() == offset) {
      ByteRange before = ranges.get(last);
      ranges.set(last, new ByteRange(before.offset(), before.length() + length));
    } else {
      ranges.add(new ByteRange(offset, length));
    }
  }

  /** Ascending, with gaps between them. */
  public List<ByteRange> list() {
    return List.copyOf(ranges);
  }

  /** Bytes in all of them. */
  public static long bytes(List<ByteRange> ranges) {
    return ranges.stream().mapToLong(ByteRange::length).sum();
  }
}
