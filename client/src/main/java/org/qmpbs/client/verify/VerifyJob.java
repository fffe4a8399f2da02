package org.qmpbs.client.verify;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.Digest;
import org.qmpbs.client.key.Caveats;
import org.qmpbs.client.lookup.UnfinishedUpload;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.rate.RateLimiter;
import org.qmpbs.client.read.ChunkFetcher;
import org.qmpbs.client.read.JobStop;
import org.qmpbs.client.read.JobStoppedException;
import org.qmpbs.client.read.PatientReader;
import org.qmpbs.client.read.Patiently;
import org.qmpbs.client.read.SnapshotOpener;
import org.qmpbs.client.verify.VerifyRecord.Subject;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.Repository;
import org.qmpbs.pbs.Snapshot;

/**
 * One verification: everything that a restore would check is checked, and nothing is written. In
 * order: the manifest, the indexes and small files, the chosen chunks. Damage is collected and ends
 * nothing; only a manifest that cannot be trusted does, as nothing else can be without it.
 *
 * <p>What was good is kept in a record, so that a run which is interrupted, by a signal, the
 * deadline, a connection that stays broken or a kill, is gone on with by the next one. The record
 * goes when the run was at its end.
 *
 * <p>{@link #run} is called once. {@link #cancel} may be called from any thread at any time.
 */
public final class VerifyJob {
  private final PbsServer server;
  private final VerifyRequest request;
  private final Progress progress;
  private final Clock clock;
  private final RandomGenerator random;
  private final JobStop stop;
  private final DamageLog damage;
  private volatile @Nullable Resumption kept;

  /** Prepares a verification on {@code server}, which the caller closes. */
  public VerifyJob(
      PbsServer server,
      VerifyRequest request,
      Progress progress,
      Clock clock,
      RandomGenerator random) {
    this.server = server;
    this.request = request;
    this.progress = progress;
    this.clock = clock;
    this.random = random;
    this.stop = new JobStop("verification", request.deadline());
    this.damage = new DamageLog(progress);
  }

  /**
   * Verifies.
   *
   * @throws org.qmpbs.chunker.CorruptDataException if the manifest is damaged
   * @throws org.qmpbs.pbs.WrongKeyException if another key made the snapshot, or a key is needed
   * @throws org.qmpbs.pbs.ForgedManifestException if it was changed since it was signed
   * @throws RecordException if something else is where the record is to be kept
   * @throws JobStoppedException if it was cancelled or took too long
   */
  public VerifyResult run() throws IOException {
    Instant start = clock.instant();
    try (stop) {
      progress.phase("looking for the snapshot");
      Patiently patiently = new Patiently(request.retries(), stop, progress, random);
      SnapshotOpener snapshots =
          new SnapshotOpener(server, request.namespace(), request.key(), patiently, stop);
      Snapshot snapshot = snapshots.find(request.snapshot());
      try (PatientReader session = snapshots.open(snapshot)) {
        return verify(session, patiently, start);
      }
    } catch (IOException e) {
      throw stop.explain(e);
    } catch (InterruptedException e) {
      throw stop.interrupted(e);
    }
  }

  /** Ends the job soon; {@link #run} then keeps what is done and throws. */
  public void cancel() {
    stop.stop(JobStop.Reason.CANCELLED);
  }

  /** Where an interrupted run has left what the next one can go on with. */
  public Optional<Path> keptIn() {
    return Optional.ofNullable(kept).flatMap(Resumption::keptIn);
  }

  private VerifyResult verify(PatientReader session, Patiently patiently, Instant start)
      throws IOException, InterruptedException {
    Manifest manifest = session.manifest();
    Caveats.tell(manifest, request.key(), progress);
    if (UnfinishedUpload.is(manifest)) {
      progress.warn(
          manifest.snapshot() + " is a checkpoint of an interrupted first upload, not a backup");
    }
    progress.phase("verifying indexes and small files");
    SnapshotFiles files = new SnapshotFiles(session, request.key(), damage, stop);
    files.read(manifest, progress);
    Inventory inventory = Inventory.of(files.images());
    Resumption resumption = Resumption.of(request, subject(manifest), clock, random, progress);
    kept = resumption;
    int[] chosen = Sampler.choose(inventory, request.subset(), resumption.seed());
    BitSet good = resumption.begin(inventory, chosen);
    resumption.resumed().ifPresent(this::tellResumed);
    ChunkPass pass = new ChunkPass(inventory, chosen, good);
    progress.phase("verifying " + manifest.snapshot());
    progress.total(pass.bytesLeft());
    RateLimiter limiter = new RateLimiter(request.rate(), stop);
    long received;
    try (ChunkFetcher fetcher = new ChunkFetcher(session, limiter)) {
      pass.run(fetcher, damage, progress, stop, clock, resumption::keep);
      received = fetcher.bytes();
    }
    resumption.finished();
    List<Snapshot> sharedBy = sharedBy(manifest.snapshot(), patiently);
    return new VerifyResult(
        manifest.snapshot(),
        request.subset(),
        manifest.voucher().state(),
        files.good(),
        files.skipped(),
        inventory.count(),
        chosen.length,
        good.cardinality(),
        resumption.resumed(),
        pass.bytes(),
        received,
        damage.files(),
        damage.chunks(),
        damage.places(inventory.images()),
        sharedBy,
        Duration.between(start, clock.instant()),
        patiently.total());
  }

  private void tellResumed(VerifyResult.Resumed resumed) {
    progress.note(
        "going on where an interrupted verification ended: "
            + resumed.chunks()
            + " chunks were good since "
            + resumed.since());
  }

  private List<Snapshot> sharedBy(Snapshot snapshot, Patiently patiently) throws IOException {
    if (damage.chunks().isEmpty()) {
      return List.of();
    }
    progress.phase("looking for other snapshots that share the damage");
    return new SharedDamage(server, request.namespace(), patiently, damage, stop)
        .find(snapshot, progress);
  }

  private Subject subject(Manifest manifest) {
    Repository repository = server.repository();
    return new Subject(
        repository.host() + ":" + repository.port() + ":" + repository.datastore(),
        request.namespace().path(),
        manifest.snapshot().toString(),
        Digest.sha256(manifest.toJson()),
        request.subset().text());
  }
}
