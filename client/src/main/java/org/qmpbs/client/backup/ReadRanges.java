package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.nbd.Extent;

/**
 * Turns the dirty ranges of a disk (or all of it) and what its block status says into work, in
 * ascending order, every chunk exactly once. The block status is asked for window by window, so
 * that neither the disk's size nor its fragmentation decides about memory, and work is handed on
 * only after the answer is whole: whoever takes it may block without holding up the connection.
 */
final class ReadRanges {
  /**
   * Chunks in one question for block status. 4096 (16 GiB) make 64 questions for a terabyte of
   * nothing, and at 4 fragments a chunk hold about a megabyte of work.
   */
  static final int WINDOW = 4096;

  private final long size;
  private final Optional<List<ChunkRun>> dirty;

  /** Asks for block status. */
  @FunctionalInterface
  interface Allocation {
    /** Hands the extents of a range to {@code sink}, in ascending order. */
    void extents(long offset, long length, Consumer<Extent> sink) throws IOException;
  }

  /** Takes the work. */
  @FunctionalInterface
  interface Sink {
    /** Called in ascending order of positions; may block. */
    void accept(ChunkWork work) throws IOException;
  }

  /**
   * For one disk.
   *
   * @param size of the image in bytes
   * @param dirty ranges written since the trusted snapshot, or empty for a full read
   */
  ReadRanges(long size, Optional<List<Extent>> dirty) {
    this.size = size;
    this.dirty = dirty.map(extents -> ChunkRun.touched(extents, size));
  }

  /** Most bytes that will be read; block status may spare some of them. */
  long mostBytes() {
    return runs().stream()
        .mapToLong(run -> Math.min(size, Chunks.start(run.end())) - Chunks.start(run.first()))
        .sum();
  }

  /** Produces all work. */
  void forEach(Allocation allocation, Sink sink) throws IOException {
    int next = 0;
    for (ChunkRun run : runs()) {
      if (run.first() > next) {
        sink.accept(new ChunkWork.Reuse(next, run.first() - next));
      }
      for (int first = run.first(); first < run.end(); first += WINDOW) {
        int count = Math.min(WINDOW, run.end() - first);
        for (ChunkWork work : ask(allocation, new ChunkRun(first, count))) {
          sink.accept(work);
        }
      }
      next = run.end();
    }
    int chunks = Chunks.count(size);
    if (next < chunks) {
      sink.accept(new ChunkWork.Reuse(next, chunks - next));
    }
  }

  private List<ChunkRun> runs() {
    return dirty.orElseGet(() -> ChunkRun.whole(size));
  }

  private List<ChunkWork> ask(Allocation allocation, ChunkRun window) throws IOException {
    long start = Chunks.start(window.first());
    long end = Math.min(size, Chunks.start(window.end()));
    AllocationFolder folder = new AllocationFolder(size, start, end);
    allocation.extents(start, end - start, folder::add);
    return folder.finish();
  }
}
