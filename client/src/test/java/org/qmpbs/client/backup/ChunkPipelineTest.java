package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.chunker.Zeros;
import org.qmpbs.client.rate.RateLimiter;
import org.qmpbs.nbd.Extent;
import org.qmpbs.pbs.ManifestFile;

@Timeout(60)
class ChunkPipelineTest {
  private static final int C = Chunks.SIZE;
  private static final ChunkPipeline.Sizes SIZES = new ChunkPipeline.Sizes(2, 2, 2);

  private final Map<Digest, byte[]> store = new HashMap<>();
  private final Set<Digest> registered = new HashSet<>();
  private final KnownChunks known = new KnownChunks();
  private final CancellationToken token = new CancellationToken();
  private final List<String> said = new ArrayList<>();
  private final RecordingProgress progress = new RecordingProgress(said, said);
  private @Nullable FakeDiskSource source;

  @AfterEach
  void noThreadIsLeft() throws InterruptedException {
    if (source != null) {
      source.close();
    }
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("qmpbs-")) {
        thread.join(10_000);
        assertThat(thread.isAlive()).as("%s is alive", thread.getName()).isFalse();
      }
    }
  }

  @Test
  void aFullReadSendsEveryByteOnce() throws IOException {
    long size = 6L * C + 1234;
    byte[] image = FakeDiskSource.image(size, 1, 0, 2, 1, 0, 3, 4);
    FakeIndexWriter writer = writer(size, null);
    Transfer transfer = runFull(image, writer);
    assertThat(writer.restoresTo(image)).isTrue();
    assertThat(writer.uploads()).doesNotHaveDuplicates().hasSize(5);
    assertThat(transfer.uploadedChunks.sum()).isEqualTo(5);
    assertThat(transfer.uploadedPlain.sum()).isEqualTo(4L * C + 1234);
    assertThat(transfer.uploadedEncoded.sum()).isLessThan(4L * C).isPositive();
    assertThat(transfer.read.sum()).isEqualTo(source.bytesRead.get());
    assertThat(transfer.read.sum() + transfer.zero.sum()).isEqualTo(size);
    assertThat(progress.done.get()).isEqualTo(size);
    assertThat(source.largestRead.get()).isLessThanOrEqualTo(ChunkReads.READ_SIZE);
  }

  @Test
  void zerosAreNeverReadAndUploadedOnce() throws IOException {
    long size = 5L * C;
    FakeIndexWriter writer = writer(size, null);
    Transfer transfer = runFull(new byte[Math.toIntExact(size)], writer);
    assertThat(source.bytesRead.get()).isZero();
    assertThat(writer.uploads()).containsExactly(Zeros.digest(C));
    assertThat(transfer.zero.sum()).isEqualTo(size);
    assertThat(writer.appended()).isEqualTo(5);
  }

  @Test
  void aShortLastChunkOfZerosHasItsOwnDigest() throws IOException {
    long size = 2L * C + 512;
    byte[] image = new byte[Math.toIntExact(size)];
    FakeIndexWriter writer = writer(size, null);
    runFull(image, writer);
    assertThat(writer.uploads()).containsExactlyInAnyOrder(Zeros.digest(C), Zeros.digest(512));
    assertThat(writer.restoresTo(image)).isTrue();
  }

  @Test
  void staleContentOfARecycledBufferNeverShowsInAGap() throws IOException {
    long size = 12L * C;
    byte[] image = FakeDiskSource.image(size, 1, 2, 3, 4, 5, 6);
    for (int i = 6; i < 12; i++) {
      image[i * C + 2_000_000 + i] = (byte) i;
    }
    FakeIndexWriter writer = writer(size, null);
    runFull(image, writer);
    assertThat(writer.restoresTo(image)).isTrue();
  }

  @Test
  void chunksOfThePreviousSnapshotAreNotSent() throws IOException {
    long size = 4L * C;
    byte[] image = FakeDiskSource.image(size, 1, 2, 3, 0);
    FakeIndexWriter first = writer(size, null);
    runFull(image, first);
    registered.clear();
    FixedIndex before = first.closed();
    KnownChunks nextKnown = new KnownChunks();
    nextKnown.addAll(before);
    registerAll(before);
    byte[] changed = image.clone();
    changed[C] ^= 1;
    FakeIndexWriter second = writer(size, null);
    run(changed, second, IndexAppender.ofNew(second, size), Optional.empty(), nextKnown);
    assertThat(second.uploads()).hasSize(1);
    assertThat(second.appended()).isEqualTo(4);
    assertThat(second.restoresTo(changed)).isTrue();
  }

  @Test
  void anIncrementalReadTouchesOnlyWhatIsDirtyAndAppendsOnlyWhatChanged() throws IOException {
    long size = 8L * C;
    byte[] image = FakeDiskSource.image(size, 1, 2, 3, 4, 5, 6, 7, 8);
    FakeIndexWriter first = writer(size, null);
    runFull(image, first);
    FixedIndex base = first.closed();
    KnownChunks nextKnown = new KnownChunks();
    nextKnown.addAll(base);
    byte[] changed = image.clone();
    changed[3 * C + 5] ^= 1;
    FakeIndexWriter second = writer(size, base);
    // Position 6 is marked dirty, but was written with what it had.
    Optional<List<Extent>> dirty =
        Optional.of(List.of(new Extent(3L * C, C, 1), new Extent(6L * C, C, 1)));
    Transfer transfer =
        run(changed, second, IndexAppender.ofReused(second, base), dirty, nextKnown);
    assertThat(second.restoresTo(changed)).isTrue();
    assertThat(second.appended()).isEqualTo(1);
    assertThat(second.uploads()).hasSize(1);
    assertThat(source.bytesRead.get()).isEqualTo(2L * C);
    assertThat(transfer.reused.sum()).isEqualTo(6L * C);
    assertThat(transfer.read.sum()).isEqualTo(2L * C);
  }

  @Test
  void anUnchangedDiskSendsNothing() throws IOException {
    long size = 3L * C;
    byte[] image = FakeDiskSource.image(size, 1, 2, 3);
    FakeIndexWriter first = writer(size, null);
    runFull(image, first);
    FixedIndex base = first.closed();
    FakeIndexWriter second = writer(size, base);
    run(image, second, IndexAppender.ofReused(second, base), Optional.of(List.of()), known);
    assertThat(second.uploads()).isEmpty();
    assertThat(second.appended()).isZero();
    assertThat(second.closed().checksum()).isEqualTo(base.checksum());
  }

  @Test
  void aChunkThatIsUnderWayIsSentOnceAndAppendedOnlyAfterItArrived() throws Exception {
    long size = 6L * C;
    byte[] image = FakeDiskSource.image(size, 9, 9, 9, 9, 9, 9);
    FakeIndexWriter writer = writer(size, null);
    CountDownLatch allRead = new CountDownLatch(1);
    writer.hook = number -> await(allRead);
    Thread opener =
        new Thread(
            () -> {
              while (source == null || source.bytesRead.get() < size) {
                Thread.onSpinWait();
              }
              allRead.countDown();
            });
    opener.start();
    runFull(image, writer);
    opener.join();
    assertThat(writer.uploads()).hasSize(1);
    assertThat(writer.restoresTo(image)).isTrue();
  }

  @Test
  void appendsAreBatched() throws IOException {
    long size = 1300L * C;
    Map<Long, Integer> batches = new HashMap<>();
    FakeIndexWriter writer = writer(size, null);
    IndexAppender index = IndexAppender.ofNew(writer, size);
    registered.add(Zeros.digest(C));
    for (int i = 0; i < 1300; i++) {
      index.set(i, Zeros.digest(C));
      batches.merge((long) writer.appended(), 1, Integer::sum);
    }
    assertThat(batches.keySet()).containsExactlyInAnyOrder(0L, 512L, 1024L);
    index.close();
    assertThat(writer.appended()).isEqualTo(1300);
  }

  @Test
  void aTerabyteOfNothingNeedsNoMemoryAndNoTime() throws IOException {
    long size = 1L << 40;
    FakeIndexWriter writer = writer(size, null);
    DiskSource nothing =
        new DiskSource() {
          @Override
          public long size() {
            return size;
          }

          @Override
          public void allocation(
              long offset, long length, java.util.function.Consumer<Extent> sink) {
            sink.accept(new Extent(offset, length, Extent.HOLE | Extent.ZERO));
          }

          @Override
          public java.util.concurrent.CompletableFuture<@Nullable Void> readAsync(
              long offset, byte[] target, int targetOffset, int length) {
            throw new AssertionError("nothing is read");
          }

          @Override
          public void close() {}
        };
    new ChunkPipeline(
            SIZES, nothing, writer, IndexAppender.ofNew(writer, size), known, noLimit(), progress)
        .run(new ReadRanges(size, Optional.empty()), token);
    assertThat(writer.appended()).isEqualTo(262_144);
    assertThat(writer.uploads()).hasSize(1);
  }

  @Test
  void aSlowServerHoldsUpTheReaderBeforeMemoryGrows() throws Exception {
    int chunks = 40;
    long size = (long) chunks * C;
    int[] seeds = java.util.stream.IntStream.rangeClosed(1, chunks).toArray();
    byte[] image = FakeDiskSource.image(size, seeds);
    FakeIndexWriter writer = writer(size, null);
    Semaphore uploads = new Semaphore(0);
    AtomicInteger mostLent = new AtomicInteger();
    source = new FakeDiskSource(image);
    ChunkPipeline pipeline = pipeline(writer, IndexAppender.ofNew(writer, size), known);
    writer.hook =
        number -> {
          mostLent.accumulateAndGet(pipeline.lentBuffers(), Math::max);
          try {
            uploads.acquire();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        };
    Thread releaser =
        new Thread(
            () -> {
              // Both uploaders are held, and everybody behind them has come to a stop.
              long before = -1;
              for (int quiet = 0; quiet < 20; ) {
                long now = source.bytesRead.get();
                quiet = now == before && now > 0 && writer.uploads().size() == 2 ? quiet + 1 : 0;
                before = now;
                java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
              }
              int bound = 2 * SIZES.hashers() + SIZES.readAhead() + SIZES.uploads();
              if (before > (long) bound * C) {
                said.add("read " + before + " bytes ahead");
              }
              uploads.release(chunks);
            });
    releaser.start();
    pipeline.run(new ReadRanges(size, Optional.empty()), token);
    releaser.join();
    assertThat(said).isEmpty();
    assertThat(mostLent.get())
        .isLessThanOrEqualTo(2 * SIZES.hashers() + SIZES.readAhead() + SIZES.uploads());
    assertThat(pipeline.lentBuffers()).isZero();
    assertThat(writer.restoresTo(image)).isTrue();
  }

  @Test
  void anUploadThatFailsEndsEverythingWithThatError() {
    long size = 30L * C;
    byte[] image =
        FakeDiskSource.image(size, java.util.stream.IntStream.rangeClosed(1, 30).toArray());
    for (int failing : new int[] {1, 2, 7, 30}) {
      FakeIndexWriter writer = writer(size, null);
      IOException refusal = new IOException("No space left on device");
      writer.hook =
          number -> {
            if (number == failing) {
              throw refusal;
            }
          };
      assertThatThrownBy(
              () -> run(image, writer, newIndex(writer), Optional.empty(), new KnownChunks()))
          .isSameAs(refusal);
      assertThat(writer.closed()).isNull();
      source.close();
    }
  }

  @Test
  void aReadThatFailsEndsEverythingAndSaysWhere() {
    long size = 10L * C;
    byte[] image =
        FakeDiskSource.image(size, java.util.stream.IntStream.rangeClosed(1, 10).toArray());
    for (int failing : new int[] {1, 5, 40}) {
      FakeIndexWriter writer = writer(size, null);
      source = new FakeDiskSource(image);
      source.failAtRead = failing;
      ChunkPipeline pipeline = pipeline(writer, newIndex(writer), new KnownChunks());
      assertThatThrownBy(() -> pipeline.run(new ReadRanges(size, Optional.empty()), token))
          .isInstanceOf(DiskReadException.class)
          .hasMessageContaining("byte " + (long) ((failing - 1) / 4) * C)
          .hasMessageContaining("Input/output error");
      assertThat(writer.closed()).isNull();
      source.close();
    }
  }

  @Test
  void anAppendThatFailsEndsEverything() {
    long size = 100L * C;
    FakeIndexWriter writer = writer(size, null);
    KnownChunks wrong = new KnownChunks();
    // We believe that the server knows the zero chunk; it does not.
    wrong.claim(Zeros.digest(C), () -> {});
    assertThatThrownBy(
            () -> {
              wrong.uploaded(Zeros.digest(C));
              run(new byte[100 * C], writer, newIndex(writer), Optional.empty(), wrong);
            })
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no such chunk");
  }

  @Test
  void cancellingEndsReadsThatNeverAnswer() throws Exception {
    long size = 30L * C;
    byte[] image =
        FakeDiskSource.image(size, java.util.stream.IntStream.rangeClosed(1, 30).toArray());
    FakeIndexWriter writer = writer(size, null);
    source = new FakeDiskSource(image);
    source.neverAnswers = true;
    ChunkPipeline pipeline = pipeline(writer, newIndex(writer), known);
    JobCancelledException reason = new JobCancelledException("cancelled", "", null);
    Thread canceller =
        new Thread(
            () -> {
              while (pipeline.lentBuffers() < SIZES.hashers() + SIZES.readAhead()) {
                Thread.onSpinWait();
              }
              token.cancel(reason);
            });
    canceller.start();
    assertThatThrownBy(() -> pipeline.run(new ReadRanges(size, Optional.empty()), token))
        .isSameAs(reason);
    canceller.join();
  }

  @Test
  void cancellingEndsUploadsThatHang() {
    long size = 4L * C;
    byte[] image = FakeDiskSource.image(size, 1, 2, 3, 4);
    FakeIndexWriter writer = writer(size, null);
    JobCancelledException reason = new JobCancelledException("cancelled", "", null);
    writer.hook =
        number -> {
          token.cancel(reason);
          await(new CountDownLatch(1));
        };
    assertThatThrownBy(() -> runFull(image, writer)).isSameAs(reason);
  }

  @Test
  void aBugInAWorkerIsNotSwallowed() {
    FakeIndexWriter writer = writer(C, null);
    writer.hook =
        number -> {
          throw new IllegalArgumentException("bug");
        };
    assertThatThrownBy(() -> runFull(FakeDiskSource.image(C, 1), writer))
        .isInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("bug");
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(50, TimeUnit.SECONDS)) {
        throw new IOException("nobody opened the latch");
      }
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  private void registerAll(FixedIndex index) {
    for (int i = 0; i < index.chunkCount(); i++) {
      registered.add(index.digest(i));
    }
  }

  private FakeIndexWriter writer(long size, @Nullable FixedIndex base) {
    if (base != null) {
      registerAll(base);
    }
    return new FakeIndexWriter("drive-x.img.fidx", size, base, store, registered);
  }

  private static IndexAppender newIndex(FakeIndexWriter writer) {
    return IndexAppender.ofNew(writer, writer.size());
  }

  private static RateLimiter noLimit() {
    return new RateLimiter(OptionalLong.empty(), RateLimiter.Ticker.SYSTEM);
  }

  private ChunkPipeline pipeline(
      FakeIndexWriter writer, IndexAppender index, KnownChunks knownNow) {
    return new ChunkPipeline(SIZES, source, writer, index, knownNow, noLimit(), progress);
  }

  private Transfer runFull(byte[] image, FakeIndexWriter writer) throws IOException {
    return run(image, writer, newIndex(writer), Optional.empty(), known);
  }

  private Transfer run(
      byte[] image,
      FakeIndexWriter writer,
      IndexAppender index,
      Optional<List<Extent>> dirty,
      KnownChunks knownNow)
      throws IOException {
    source = new FakeDiskSource(image);
    ChunkPipeline pipeline = pipeline(writer, index, knownNow);
    ManifestFile file = pipeline.run(new ReadRanges(index.size(), dirty), token);
    assertThat(file.checksum()).isEqualTo(writer.closed().checksum());
    return pipeline.transfer();
  }
}
