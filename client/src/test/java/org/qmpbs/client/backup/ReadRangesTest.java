package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.client.backup.ChunkWork.Range;
import org.qmpbs.client.backup.ChunkWork.Read;
import org.qmpbs.client.backup.ChunkWork.Reuse;
import org.qmpbs.client.backup.ChunkWork.Zero;
import org.qmpbs.nbd.Extent;

class ReadRangesTest {
  private static final int C = Chunks.SIZE;
  private static final int ALL_ZERO = Extent.HOLE | Extent.ZERO;

  @Test
  void aDiskOfNothingIsOneRunOfZeros() throws IOException {
    assertThat(work(10L * C, Optional.empty(), List.of(new Extent(0, 10L * C, ALL_ZERO))))
        .containsExactly(new Zero(0, 10));
  }

  @Test
  void dataIsReadAndTheRestOfItsChunkIsZero() throws IOException {
    List<Extent> extents =
        List.of(
            new Extent(0, C + 65_536, ALL_ZERO),
            new Extent(C + 65_536, 131_072, 0),
            new Extent(C + 196_608, 2L * C - 196_608, ALL_ZERO));
    assertThat(work(3L * C, Optional.empty(), extents))
        .containsExactly(
            new Zero(0, 1), new Read(1, List.of(new Range(65_536, 131_072))), new Zero(2, 1));
  }

  @Test
  void aHoleThatDoesNotReadAsZerosIsRead() throws IOException {
    assertThat(work(C, Optional.empty(), List.of(new Extent(0, C, Extent.HOLE))))
        .containsExactly(new Read(0, List.of(new Range(0, C))));
  }

  @Test
  void theLastChunkMayBeShort() throws IOException {
    long size = C + 1000L;
    assertThat(work(size, Optional.empty(), List.of(new Extent(0, size, ALL_ZERO))))
        .containsExactly(new Zero(0, 2));
    assertThat(work(size, Optional.empty(), List.of(new Extent(0, size, 0))))
        .containsExactly(
            new Read(0, List.of(new Range(0, C))), new Read(1, List.of(new Range(0, 1000))));
  }

  @Test
  void onlyChunksThatADirtyRangeTouchesAreLookedAt() throws IOException {
    long size = 8L * C;
    Optional<List<Extent>> dirty =
        Optional.of(
            List.of(new Extent(2L * C - 1, 2, Extent.DIRTY), new Extent(6L * C, C, Extent.DIRTY)));
    List<Extent> asked = new ArrayList<>();
    List<ChunkWork> work = new ArrayList<>();
    new ReadRanges(size, dirty)
        .forEach(
            (offset, length, sink) -> {
              asked.add(new Extent(offset, length, 0));
              sink.accept(new Extent(offset, length, ALL_ZERO));
            },
            work::add);
    assertThat(work)
        .containsExactly(
            new Reuse(0, 1), new Zero(1, 2), new Reuse(3, 3), new Zero(6, 1), new Reuse(7, 1));
    assertThat(asked).containsExactly(new Extent(C, 2L * C, 0), new Extent(6L * C, C, 0));
    assertThat(new ReadRanges(size, dirty).mostBytes()).isEqualTo(3L * C);
  }

  @Test
  void anUnchangedDiskAsksNothing() throws IOException {
    List<ChunkWork> work = new ArrayList<>();
    new ReadRanges(5L * C, Optional.of(List.of()))
        .forEach(
            (offset, length, sink) -> {
              throw new AssertionError("asked for nothing's block status");
            },
            work::add);
    assertThat(work).containsExactly(new Reuse(0, 5));
  }

  @Test
  void dirtyRangesMayEndAfterTheImageBecauseBitmapsAreRounded() throws IOException {
    long size = C + 10L;
    Optional<List<Extent>> dirty = Optional.of(List.of(new Extent(C, C, Extent.DIRTY)));
    assertThat(work(size, dirty, List.of(new Extent(C, 10, 0))))
        .containsExactly(new Reuse(0, 1), new Read(1, List.of(new Range(0, 10))));
  }

  @Test
  void whatNoExtentCoversIsRead() throws IOException {
    List<Extent> extents = List.of(new Extent(2L * C, C, ALL_ZERO));
    assertThat(work(4L * C, Optional.empty(), extents))
        .containsExactly(
            new Read(0, List.of(new Range(0, C))),
            new Read(1, List.of(new Range(0, C))),
            new Zero(2, 1),
            new Read(3, List.of(new Range(0, C))));
  }

  @Test
  void extentsThatGoBackwardsAreRefused() {
    List<Extent> extents = List.of(new Extent(0, 2L * C, ALL_ZERO), new Extent(C, C, 0));
    assertThatThrownBy(() -> work(2L * C, Optional.empty(), extents))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("out of order");
    assertThatThrownBy(() -> ChunkRun.touched(List.of(new Extent(5, 5, 1), new Extent(0, 1, 1)), C))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aTerabyteOfNothingCostsAHandfulOfObjects() throws IOException {
    long size = 1L << 40;
    List<ChunkWork> work = new ArrayList<>();
    int[] questions = new int[1];
    new ReadRanges(size, Optional.empty())
        .forEach(
            (offset, length, sink) -> {
              questions[0]++;
              sink.accept(new Extent(offset, length, ALL_ZERO));
            },
            work::add);
    assertThat(work).hasSize(64).allMatch(Zero.class::isInstance);
    assertThat(questions[0]).isEqualTo(64);
  }

  @Test
  void smallGapsAreReadOverAndLargeOnesAreNot() throws IOException {
    int gap = AllocationFolder.SMALLEST_GAP;
    List<Extent> extents =
        List.of(
            new Extent(0, 10, 0),
            new Extent(10, gap - 1, ALL_ZERO),
            new Extent(9 + gap, 10, 0),
            new Extent(19 + gap, gap, ALL_ZERO),
            new Extent(19 + 2L * gap, 10, 0),
            new Extent(29 + 2L * gap, C - 29 - 2L * gap, ALL_ZERO));
    assertThat(work(C, Optional.empty(), extents))
        .containsExactly(new Read(0, List.of(new Range(0, 19 + gap), new Range(19 + 2 * gap, 10))));
  }

  /** Extents of random lengths that cover a disk, and dirty ranges on it. */
  record Layout(long size, List<Extent> allocation, List<Extent> dirty) {}

  @Provide
  Arbitrary<Layout> layouts() {
    Arbitrary<Long> sizes = Arbitraries.longs().between(1, 12L * C);
    Arbitrary<List<Long>> cuts = Arbitraries.longs().between(0, 12L * C).list().ofMaxSize(30);
    Arbitrary<List<Integer>> flags = Arbitraries.of(0, Extent.HOLE, ALL_ZERO, 2).list().ofSize(31);
    return Combinators.combine(sizes, cuts, flags, cuts).as(ReadRangesTest::layout);
  }

  private static Layout layout(
      long size, List<Long> cuts, List<Integer> flags, List<Long> dirtyCuts) {
    List<Long> ends = new ArrayList<>(cuts.stream().filter(cut -> cut < size && cut > 0).toList());
    ends.add(size);
    List<Extent> allocation = new ArrayList<>();
    long start = 0;
    for (long end : ends.stream().sorted().distinct().toList()) {
      allocation.add(new Extent(start, end - start, flags.get(allocation.size())));
      start = end;
    }
    List<Long> sorted = dirtyCuts.stream().sorted().distinct().toList();
    List<Extent> dirty = new ArrayList<>();
    for (int i = 0; i + 1 < sorted.size(); i += 2) {
      dirty.add(new Extent(sorted.get(i), sorted.get(i + 1) - sorted.get(i), Extent.DIRTY));
    }
    return new Layout(size, allocation, dirty);
  }

  @Property(tries = 500)
  void everyChunkIsDoneOnceInOrderAndNoDataIsEverTakenForZero(
      @ForAll("layouts") Layout layout, @ForAll boolean incremental) throws IOException {
    Optional<List<Extent>> dirty = incremental ? Optional.of(layout.dirty()) : Optional.empty();
    int next = 0;
    for (ChunkWork work : work(layout.size(), dirty, layout.allocation())) {
      if (work instanceof Reuse reuse) {
        assertThat(reuse.first()).isEqualTo(next);
        for (int i = 0; i < reuse.count(); i++) {
          assertThat(isTouched(layout, next + i)).as("chunk %d is dirty", next + i).isFalse();
        }
        assertThat(incremental).isTrue();
        next += reuse.count();
      } else if (work instanceof Zero zero) {
        assertThat(zero.first()).isEqualTo(next);
        assertThat(hasData(layout, Chunks.start(next), end(layout, next + zero.count() - 1)))
            .isFalse();
        next += zero.count();
      } else if (work instanceof Read read) {
        assertThat(read.chunk()).isEqualTo(next);
        assertOnlyZerosAreLeftOut(layout, read);
        next++;
      }
    }
    assertThat(next).isEqualTo(Chunks.count(layout.size()));
  }

  private static void assertOnlyZerosAreLeftOut(Layout layout, Read read) {
    long start = Chunks.start(read.chunk());
    long position = start;
    for (Range range : read.ranges()) {
      assertThat(range.length()).isPositive();
      assertThat(start + range.start()).isGreaterThanOrEqualTo(position);
      assertThat(hasData(layout, position, start + range.start())).isFalse();
      position = start + range.start() + range.length();
    }
    assertThat(position).isLessThanOrEqualTo(end(layout, read.chunk()));
    assertThat(hasData(layout, position, end(layout, read.chunk()))).isFalse();
  }

  private static long end(Layout layout, int chunk) {
    return Math.min(layout.size(), Chunks.start(chunk + 1));
  }

  private static boolean isTouched(Layout layout, int chunk) {
    return layout.dirty().stream()
        .anyMatch(d -> d.offset() < end(layout, chunk) && d.end() > Chunks.start(chunk));
  }

  private static boolean hasData(Layout layout, long from, long to) {
    return layout.allocation().stream()
        .anyMatch(e -> !e.has(Extent.ZERO) && e.offset() < to && e.end() > from && from < to);
  }

  private static List<ChunkWork> work(
      long size, Optional<List<Extent>> dirty, List<Extent> allocation) throws IOException {
    List<ChunkWork> work = new ArrayList<>();
    new ReadRanges(size, dirty)
        .forEach((offset, length, sink) -> clip(allocation, offset, length, sink), work::add);
    return work;
  }

  private static void clip(List<Extent> all, long offset, long length, Consumer<Extent> sink) {
    for (Extent extent : all) {
      long from = Math.max(offset, extent.offset());
      long to = Math.min(offset + length, extent.end());
      if (from < to) {
        sink.accept(new Extent(from, to - from, extent.flags()));
      }
    }
  }
}
