package org.qmpbs.client.backup;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.ChunkSealer;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.Digest;
import org.qmpbs.client.backup.KnownChunks.Claim;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.rate.RateLimiter;
import org.qmpbs.pbs.FixedIndexWriter;
import org.qmpbs.pbs.ManifestFile;

/**
 * Takes one disk to the server: read → hash → known? → compress, encrypt → upload → index.
 *
 * <p>Threads. The caller's thread walks the disk and starts reads; each chunk's reads are split at
 * {@link ChunkReads#READ_SIZE} and run at once. {@code qmpbs-hash-n} hash and compress; {@code
 * qmpbs-upload-n} upload, so that a slow server holds up no processor. Chunks are appended in any
 * order, each after its upload has returned.
 *
 * <p>Buffers. A chunk's plain buffer belongs to its reads, then to one hashing thread, which gives
 * it back; a chunk to be uploaded moves to an encoded buffer, which the uploading thread gives
 * back. Both pools are fixed: the reader waits when the hashing falls behind, the hashing when the
 * server does. Whoever waits for an encoded buffer waits only for uploads, and those wait for no
 * buffer, so nothing can wait in a circle.
 *
 * <p>Sessions. Where the destination says so, the caller's thread starts nothing more, waits until
 * nothing is under way, and goes on in the destination's next session.
 *
 * <p>Failure. The first error stops everything: pools refuse, threads are interrupted, and that
 * error is the one that the caller sees. A chunk whose upload did not return is never appended. A
 * read that is still under way may go on writing to its buffer, which nobody uses again.
 */
final class ChunkPipeline {
  /**
   * How long threads of a failed pipeline may take to notice; closing the session ends the rest.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ChunkReads reads;
  private final ChunkDestination destination;
  private final ChunkSealer sealer;
  private final RateLimiter rate;
  private final Progress progress;
  private final Transfer transfer = new Transfer();

  private final BufferPool plain;
  private final BufferPool encoded;
  private final PipelineThreads hashing;
  private final PipelineThreads uploading;

  private final Flight flight = new Flight(this::stop);

  /** Written by the caller's thread, only while nothing is under way. */
  private volatile ChunkDestination.Lane lane;

  /**
   * How much goes on at once.
   *
   * @param hashers threads that hash and compress
   * @param uploads calls in flight; more than four gain nothing (docs/protocol.md, "Calls in
   *     flight")
   * @param readAhead chunks that are being read while all hashers are busy
   */
  record Sizes(int hashers, int uploads, int readAhead) {
    /** More than 8 hashers outrun any network, and every one costs two buffers of 4 MiB. */
    private static final int MOST_HASHERS = 8;

    /** For this machine. */
    static Sizes ofMachine() {
      int processors = Runtime.getRuntime().availableProcessors();
      return new Sizes(Math.max(2, Math.min(MOST_HASHERS, processors)), 4, 4);
    }
  }

  /** For a disk that goes into one session, and is not encrypted. */
  ChunkPipeline(
      Sizes sizes,
      DiskSource source,
      FixedIndexWriter writer,
      IndexAppender index,
      KnownChunks known,
      RateLimiter rate,
      Progress progress) {
    this(
        sizes,
        source,
        ChunkDestination.ofOneSession(new ChunkDestination.Lane(writer, index, known)),
        ChunkSealer.PLAIN,
        rate,
        progress);
  }

  /**
   * For any disk.
   *
   * @param sealer names and encodes the chunks as the destination's sessions are protected
   */
  ChunkPipeline(
      Sizes sizes,
      DiskSource source,
      ChunkDestination destination,
      ChunkSealer sealer,
      RateLimiter rate,
      Progress progress) {
    this.reads = new ChunkReads(source);
    this.destination = destination;
    this.sealer = sealer;
    this.lane = destination.lane();
    this.rate = rate;
    this.progress = progress;
    int plainBuffers = sizes.hashers() + sizes.readAhead();
    int encodedBuffers = sizes.hashers() + sizes.uploads();
    this.plain = new BufferPool(plainBuffers, Chunks.SIZE);
    this.encoded = new BufferPool(encodedBuffers, sealer.maxLength(Chunks.SIZE));
    this.hashing = new PipelineThreads("hash", sizes.hashers(), plainBuffers);
    this.uploading = new PipelineThreads("upload", sizes.uploads(), encodedBuffers);
  }

  /** What was counted so far. */
  Transfer transfer() {
    return transfer;
  }

  /** Chunk buffers in use, plain and encoded. */
  int lentBuffers() {
    return plain.lent() + encoded.lent();
  }

  /**
   * Does all work of a disk and closes its archive. To be called once.
   *
   * @return the manifest entry
   */
  ManifestFile run(ReadRanges ranges, CancellationToken token) throws IOException {
    CancellationToken.Registration waker = token.onCancel(() -> flight.fail(reasonOf(token)));
    try {
      ranges.forEach(reads::allocation, this::dispatch);
      flight.awaitIdle();
    } catch (IOException | RuntimeException | Error e) {
      flight.fail(e);
    } finally {
      waker.close();
      endThreads();
    }
    flight.throwFailure();
    return destination.close();
  }

  private static Throwable reasonOf(CancellationToken token) {
    BackupException reason = token.reason();
    return reason == null ? new IllegalStateException("cancelled without a reason") : reason;
  }

  private void dispatch(ChunkWork work) throws IOException {
    flight.throwFailure();
    if (destination.isDue()) {
      flight.awaitIdle();
      flight.throwFailure();
      destination.renew();
      lane = destination.lane();
    }
    if (work instanceof ChunkWork.Read read) {
      startRead(read);
    } else if (work instanceof ChunkWork.Zero zero) {
      assignZeros(zero);
    } else if (work instanceof ChunkWork.Reuse reuse) {
      if (!destination.takesOver()) {
        throw new IllegalStateException("nothing to take over for " + reuse);
      }
      transfer.reused.add(bytes(reuse.first(), reuse.count()));
    }
  }

  private long bytes(int first, int count) {
    return Math.min(lane.index().size(), Chunks.start(first + count)) - Chunks.start(first);
  }

  // Zeros: never read, uploaded once if the server does not know them.

  private void assignZeros(ChunkWork.Zero zero) throws IOException {
    transfer.zero.add(bytes(zero.first(), zero.count()));
    int last = zero.first() + zero.count() - 1;
    int lastLength = Chunks.length(lane.index().size(), last);
    if (lastLength == Chunks.SIZE) {
      assignZeros(zero.first(), zero.count(), Chunks.SIZE);
      return;
    }
    assignZeros(zero.first(), zero.count() - 1, Chunks.SIZE);
    assignZeros(last, 1, lastLength);
  }

  private void assignZeros(int first, int count, int length) throws IOException {
    if (count == 0) {
      return;
    }
    Digest digest = sealer.names().ofZeros(length);
    IndexAppender index = lane.index();
    KnownChunks.WhenKnown assign =
        () -> {
          for (int i = first; i < first + count; i++) {
            index.set(i, digest);
          }
          progress.advance((long) count * length);
          flight.done();
        };
    flight.begin();
    Claim claim = lane.known().claim(digest, assign);
    if (claim == Claim.UPLOAD) {
      byte[] blob = sealer.sealZeros(length);
      upload(digest, length, blob, blob.length);
    }
    if (claim != Claim.UNDER_WAY) {
      assign.run();
    }
  }

  // Reading, in the caller's thread.

  // guarded() lets no exception through to the future that is ignored.
  @SuppressWarnings("FutureReturnValueIgnored")
  private void startRead(ChunkWork.Read work) throws IOException {
    byte[] buffer = takeFrom(plain);
    flight.begin();
    int length = Chunks.length(lane.index().size(), work.chunk());
    reads
        .start(work, buffer, length)
        .whenComplete(
            (nothing, error) -> flight.guarded(() -> onRead(work, buffer, length, error)));
  }

  private void onRead(ChunkWork.Read work, byte[] buffer, int length, @Nullable Throwable error)
      throws DiskReadException {
    if (error != null) {
      throw ChunkReads.failure(work, error);
    }
    transfer.read.add(work.bytes());
    transfer.zero.add(length - work.bytes());
    hashing.run(() -> flight.guarded(() -> hash(work.chunk(), buffer, length)));
  }

  // Hashing and compressing.

  private void hash(int chunk, byte[] buffer, int length) throws IOException {
    Digest digest = sealer.names().of(buffer, 0, length);
    KnownChunks.WhenKnown assign = () -> assign(chunk, digest, length);
    Claim claim = lane.known().claim(digest, assign);
    if (claim != Claim.UPLOAD) {
      plain.give(buffer);
      if (claim == Claim.KNOWN) {
        assign.run();
      }
      return;
    }
    byte[] blob = takeFrom(encoded);
    int blobLength = sealer.seal(buffer, 0, length, blob);
    plain.give(buffer);
    uploading.run(
        () ->
            flight.guarded(
                () -> {
                  upload(digest, length, blob, blobLength);
                  encoded.give(blob);
                  assign.run();
                }));
  }

  private void assign(int chunk, Digest digest, int length) throws IOException {
    lane.index().set(chunk, digest);
    progress.advance(length);
    flight.done();
  }

  // Uploading.

  private void upload(Digest digest, int length, byte[] blob, int blobLength) throws IOException {
    try {
      rate.acquire(blobLength);
    } catch (InterruptedException e) {
      throw Flight.interrupted(e);
    }
    lane.writer().uploadChunk(digest, length, blob, blobLength);
    transfer.uploadedChunks.increment();
    transfer.uploadedPlain.add(length);
    transfer.uploadedEncoded.add(blobLength);
    lane.known().uploaded(digest);
  }

  // The end.

  private void stop() {
    plain.stop();
    encoded.stop();
    hashing.stop();
    uploading.stop();
  }

  private void endThreads() {
    try {
      hashing.end(PATIENCE);
      uploading.end(PATIENCE);
    } catch (InterruptedException e) {
      flight.fail(Flight.interrupted(e));
    }
  }

  private static byte[] takeFrom(BufferPool pool) throws IOException {
    try {
      return pool.take();
    } catch (InterruptedException e) {
      throw Flight.interrupted(e);
    }
  }
}
