package org.qmpbs.client.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.client.memory.Indexes;
import org.qmpbs.client.read.ByteRange;

class IndexDiffTest {
  private static final long CHUNK = Chunks.SIZE;

  @Test
  void neighboursAreOneRangeAndTheLastChunkIsShort() {
    FixedIndex first = Indexes.of(4 * CHUNK + 5, "a", "b", "c", "d", "e");
    FixedIndex second = Indexes.of(4 * CHUNK + 5, "x", "y", "c", "d", "z");
    assertThat(IndexDiff.ranges(first, second))
        .containsExactly(new ByteRange(0, 2 * CHUNK), new ByteRange(4 * CHUNK, 5));
  }

  @Test
  void whatOnlyTheLargerOneHasDiffersInBothDirections() {
    FixedIndex small = Indexes.of(CHUNK + 5, "a", "b");
    FixedIndex large = Indexes.of(3 * CHUNK, "a", "b2", "c");
    assertThat(IndexDiff.ranges(small, large)).containsExactly(new ByteRange(CHUNK, 2 * CHUNK));
    assertThat(IndexDiff.ranges(large, small)).containsExactly(new ByteRange(CHUNK, 2 * CHUNK));
  }

  @Property(tries = 200)
  void everyChunkThatDiffersIsInOneRangeAndNoOther(
      @ForAll @Size(min = 1, max = 40) List<@IntRange(max = 2) Integer> first,
      @ForAll @Size(min = 1, max = 40) List<@IntRange(max = 2) Integer> second) {
    List<ByteRange> ranges = IndexDiff.ranges(index(first), index(second));
    for (int chunk = 0; chunk < Math.max(first.size(), second.size()); chunk++) {
      long at = Chunks.start(chunk);
      boolean differs =
          chunk >= first.size()
              || chunk >= second.size()
              || !first.get(chunk).equals(second.get(chunk));
      assertThat(ranges.stream().filter(each -> each.offset() <= at && at < each.end()).count())
          .isEqualTo(differs ? 1 : 0);
    }
    for (int i = 1; i < ranges.size(); i++) {
      assertThat(ranges.get(i).offset()).isGreaterThan(ranges.get(i - 1).end());
    }
  }

  private static FixedIndex index(List<Integer> chunks) {
    return Indexes.of(
        chunks.size() * CHUNK, chunks.stream().map(String::valueOf).toArray(String[]::new));
  }
}
