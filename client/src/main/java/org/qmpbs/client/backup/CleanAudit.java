package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.ChunkNames;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.client.backup.ReadPlan.FullRead;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.nbd.Extent;

/**
 * Puts a trusted bitmap to the test: reads chunks that it calls clean and compares their digests
 * with the previous index. What differs was changed and the bitmap has missed it, so it is worth
 * nothing.
 *
 * <p><b>Always the last chunk that holds data.</b> A disk that shrinks and grows back to its size
 * leaves no trace: QEMU cuts the bits together with the data, and what comes back is clean zeros.
 * But a cut always takes the highest data first. If the last chunk of the previous index that is
 * neither zero nor dirty still reads the same, whatever was cut was zero, or is dirty again.
 *
 * <p><b>On request a random sample of all clean chunks</b>, for what nobody has thought of. A
 * sample proves nothing when it agrees; over many backups it finds what goes wrong more than once.
 */
final class CleanAudit {
  private final DiskSource source;
  private final FixedIndex base;
  private final ChunkNames names;
  private final Progress progress;
  private final BitSet dirty;
  private final byte[] buffer = new byte[Chunks.SIZE];
  private long read;

  /**
   * For one disk.
   *
   * @param dirty what the bitmap marks
   * @param base index of the snapshot that the bitmap is relative to; of the disk's size
   * @param names of the index's chunks
   * @param progress of samples
   */
  CleanAudit(
      DiskSource source, List<Extent> dirty, FixedIndex base, ChunkNames names, Progress progress) {
    this.source = source;
    this.base = base;
    this.names = names;
    this.progress = progress;
    this.dirty = new BitSet(base.chunkCount());
    ChunkRun.touched(dirty, base.size()).forEach(run -> this.dirty.set(run.first(), run.end()));
  }

  /** Bytes read so far. */
  long read() {
    return read;
  }

  /**
   * Both comparisons.
   *
   * @param percent as for {@link #sample}
   * @return why the disk has to be read in full, or empty
   */
  Optional<FullRead> verdict(double percent, RandomGenerator random, CancellationToken token)
      throws IOException {
    Optional<Integer> last = last();
    if (last.isPresent()) {
      return Optional.of(
          new FullRead(
              FullReadReason.CLEAN_END_CHANGED,
              "the last data that the bitmap calls unchanged, at byte "
                  + Chunks.start(last.get())
                  + ", is not what the last snapshot has: the disk was shrunk and grown, or was"
                  + " written to behind QEMU's back"));
    }
    return sample(percent, random, token)
        .map(
            chunk ->
                new FullRead(
                    FullReadReason.AUDIT_FAILED,
                    "the audit found the data at byte "
                        + Chunks.start(chunk)
                        + " changed, which the bitmap calls unchanged: something writes to the disk"
                        + " behind QEMU's back, or QEMU lost track; earlier increments of this disk"
                        + " may miss changes, too"));
  }

  /** Compares the last clean chunk that holds data; the position if it differs. */
  Optional<Integer> last() throws IOException {
    for (int chunk = base.chunkCount() - 1; chunk >= 0; chunk--) {
      if (!dirty.get(chunk) && !isZero(chunk)) {
        return isAsBefore(chunk) ? Optional.empty() : Optional.of(chunk);
      }
    }
    return Optional.empty();
  }

  /**
   * Compares a sample of the clean chunks, in ascending order; the position of the first that
   * differs. Every clean chunk is as likely as any other to be in it (Knuth, TAOCP 3.4.2, algorithm
   * S).
   *
   * @param percent of the clean chunks, rounded up to whole chunks; 100 is all of them
   * @param token asked between chunks
   */
  Optional<Integer> sample(double percent, RandomGenerator random, CancellationToken token)
      throws IOException {
    int left = base.chunkCount() - dirty.cardinality();
    int wanted = (int) Math.min(left, Math.ceil(left * percent / 100));
    progress.total((long) wanted * Chunks.SIZE);
    for (int chunk = 0; wanted > 0; chunk++) {
      if (dirty.get(chunk)) {
        continue;
      }
      if (random.nextInt(left) < wanted) {
        token.check();
        wanted--;
        if (!isAsBefore(chunk)) {
          return Optional.of(chunk);
        }
        progress.advance(Chunks.SIZE);
      }
      left--;
    }
    return Optional.empty();
  }

  private boolean isZero(int chunk) {
    return base.digest(chunk).equals(names.ofZeros(Chunks.length(base.size(), chunk)));
  }

  private boolean isAsBefore(int chunk) throws IOException {
    int length = Chunks.length(base.size(), chunk);
    ChunkWork.Read whole = new ChunkWork.Read(chunk, List.of(new ChunkWork.Range(0, length)));
    try {
      new ChunkReads(source).start(whole, buffer, length).get();
    } catch (ExecutionException e) {
      throw ChunkReads.failure(whole, causeOf(e));
    } catch (InterruptedException e) {
      throw Flight.interrupted(e);
    }
    read += length;
    return names.of(buffer, 0, length).equals(base.digest(chunk));
  }

  private static Throwable causeOf(ExecutionException e) {
    @Nullable Throwable cause = e.getCause();
    return cause == null ? e : cause;
  }
}
