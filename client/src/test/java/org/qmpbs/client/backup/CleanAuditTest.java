package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.qmpbs.chunker.ChunkNames;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.chunker.FixedIndexBuilder;
import org.qmpbs.nbd.Extent;

class CleanAuditTest {
  private static final int SHORT = 4096;
  private final CancellationToken token = new CancellationToken();

  @Test
  void theLastChunkWithDataThatIsNotDirtyIsCompared() throws IOException {
    byte[] before = FakeDiskSource.image(4L * Chunks.SIZE + SHORT, 1, 2, 3, 0, 0);
    byte[] now = before.clone();
    assertThat(audit(before, now).last()).isEmpty();
    now[3 * Chunks.SIZE - 1] ^= 1;
    assertThat(audit(before, now).last()).contains(2);
    assertThat(audit(before, now, 2).last()).as("what is dirty is read anyway").isEmpty();
    assertThat(audit(before, now, 3, 4).last()).contains(2);
  }

  @Test
  void aShortLastChunkIsComparedInItsLength() throws IOException {
    byte[] before = FakeDiskSource.image(Chunks.SIZE + SHORT, 1, 2);
    byte[] now = before.clone();
    CleanAudit audit = audit(before, now);
    assertThat(audit.last()).isEmpty();
    assertThat(audit.read()).isEqualTo(SHORT);
    now[now.length - 1] ^= 1;
    assertThat(audit(before, now).last()).contains(1);
  }

  @Test
  void aDiskOfZerosOrOfNothingCleanHasNothingToCompare() throws IOException {
    byte[] zeros = new byte[2 * Chunks.SIZE];
    CleanAudit nothing = audit(zeros, zeros);
    assertThat(nothing.last()).isEmpty();
    byte[] full = FakeDiskSource.image(2L * Chunks.SIZE, 1, 2);
    CleanAudit dirty = audit(full, zeros, 0, 1);
    assertThat(dirty.last()).isEmpty();
    assertThat(dirty.sample(100, new Random(1), token)).isEmpty();
    assertThat(nothing.read() + dirty.read()).isZero();
  }

  /** Whatever the data and wherever the cut: the bits above it are gone, as QEMU has it. */
  @Property(tries = 60)
  void everyCutThatLosesDataIsFound(
      @ForAll Random random, @ForAll @IntRange(min = 1, max = 5) int chunks) throws IOException {
    int size = chunks * Chunks.SIZE;
    int[] seeds = random.ints(chunks, 0, 3).toArray();
    byte[] before = FakeDiskSource.image(size, seeds);
    int cut = random.nextInt(size);
    byte[] now = before.clone();
    List<Integer> dirty = new ArrayList<>();
    for (int chunk = 0; chunk <= cut / Chunks.SIZE; chunk++) {
      if (random.nextInt(3) == 0) {
        dirty.add(chunk);
        now[chunk * Chunks.SIZE] ^= 1;
      }
    }
    java.util.Arrays.fill(now, cut, size, (byte) 0);
    boolean lost = false;
    for (int chunk = 0; chunk < chunks; chunk++) {
      int start = chunk * Chunks.SIZE;
      lost |=
          !dirty.contains(chunk)
              && !java.util.Arrays.equals(
                  before, start, start + Chunks.SIZE, now, start, start + Chunks.SIZE);
    }
    int[] marked = dirty.stream().mapToInt(Integer::intValue).toArray();
    assertThat(audit(before, now, marked).last().isPresent()).isEqualTo(lost);
  }

  @Property(tries = 40)
  void aSampleHasItsSizeAndOfAllItMissesNothing(
      @ForAll Random random, @ForAll @IntRange(min = 0, max = 100) int percent) throws IOException {
    byte[] before = FakeDiskSource.image(6L * Chunks.SIZE, 1, 0, 3, 4, 5, 6);
    CleanAudit same = audit(before, before, 4);
    assertThat(same.sample(percent, random, token)).isEmpty();
    assertThat(same.read()).isEqualTo((long) Math.ceil(5 * percent / 100.0) * Chunks.SIZE);
    byte[] now = before.clone();
    now[Chunks.SIZE + 7] = 1;
    assertThat(audit(before, now, 4).sample(100, random, token)).contains(1);
  }

  @Test
  void everyChunkIsSampledSoonerOrLater() throws IOException {
    byte[] before = FakeDiskSource.image(4L * Chunks.SIZE, 1, 2, 3, 4);
    Random random = new Random(5);
    List<Integer> found = new ArrayList<>();
    for (int round = 0; round < 40; round++) {
      byte[] other = FakeDiskSource.image(4L * Chunks.SIZE, 5, 6, 7, 8);
      audit(before, other).sample(25, random, token).ifPresent(found::add);
    }
    assertThat(found).hasSize(40).contains(0, 1, 2, 3);
  }

  @Test
  void aReadErrorSaysWhereAndACancelledAuditEnds() {
    byte[] image = FakeDiskSource.image(2L * Chunks.SIZE, 1, 2);
    FakeDiskSource source = new FakeDiskSource(image);
    source.failAtRead = 1;
    CleanAudit audit =
        new CleanAudit(
            source,
            List.of(),
            index(image),
            ChunkNames.PLAIN,
            new RecordingProgress(List.of(), List.of()));
    assertThatThrownBy(audit::last)
        .isInstanceOf(DiskReadException.class)
        .hasMessageContaining("near byte " + Chunks.SIZE);
    JobCancelledException why = new JobCancelledException("why", "", null);
    token.cancel(why);
    assertThatThrownBy(() -> audit(image, image).sample(100, new Random(1), token)).isSameAs(why);
  }

  private static CleanAudit audit(byte[] before, byte[] now, int... dirty) {
    List<Extent> extents = new ArrayList<>();
    for (int chunk : dirty) {
      extents.add(new Extent(Chunks.start(chunk), Chunks.SIZE, Extent.DIRTY));
    }
    return new CleanAudit(
        new FakeDiskSource(now),
        extents,
        index(before),
        ChunkNames.PLAIN,
        new RecordingProgress(new ArrayList<>(), new ArrayList<>()));
  }

  private static FixedIndex index(byte[] image) {
    FixedIndexBuilder builder = new FixedIndexBuilder(image.length);
    for (int chunk = 0; chunk < Chunks.count(image.length); chunk++) {
      int length = Chunks.length(image.length, chunk);
      builder.set(chunk, Digest.sha256(image, (int) Chunks.start(chunk), length));
    }
    return builder.build(new UUID(1, 2), 1);
  }
}
