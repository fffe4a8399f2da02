package org.qmpbs.client.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.qmpbs.client.backup.BackupSummary.DiskSummary;
import org.qmpbs.client.rate.RateLimiter;
import org.qmpbs.machine.Disk;
import org.qmpbs.machine.DiskRequest;
import org.qmpbs.machine.DiskView;
import org.qmpbs.machine.MachineInstant;
import org.qmpbs.machine.PointInTimeBrokenException;
import org.qmpbs.machine.Quiesce;
import org.qmpbs.machine.Strategy;
import org.qmpbs.nbd.Extent;
import org.qmpbs.pbs.ManifestFile;

/**
 * Takes the instant, sends every disk of it, and gives it back. The instant is closed on every
 * path; after a failure its own errors are only added to the first one, and after a verified end
 * they are warnings, because everything that was read is right.
 */
final class InstantReader {
  private final BackupEnvironment environment;
  private final BackupRequest request;
  private final CancellationToken token;
  private final MachinePort machine;
  private final Uploads uploads;
  private final Consumer<String> warn;
  private final Consumer<String> loud;
  private final RateLimiter rate;
  private Strategy strategy = Strategy.OVERLAY_WITH_PROBE;
  private long scratchUsed;
  private FreezeReport freeze = FreezeReport.OFF;

  InstantReader(
      BackupEnvironment environment,
      BackupRequest request,
      CancellationToken token,
      MachinePort machine,
      Uploads uploads,
      Consumer<String> warn,
      Consumer<String> loud) {
    this.environment = environment;
    this.request = request;
    this.token = token;
    this.machine = machine;
    this.uploads = uploads;
    this.warn = warn;
    this.loud = loud;
    this.rate = new RateLimiter(request.rate(), environment.ticker());
  }

  /**
   * A disk whose data is on the server, though not yet in a finished backup.
   *
   * @param file the entry that its archive has, or will have, in the manifest
   * @param summary what was done for it
   */
  record Sent(ManifestFile file, DiskSummary summary) {}

  /** Sends all disks. */
  List<Sent> read(List<DiskJob> jobs, BitmapRotation rotation) throws IOException {
    Path parent = BackupRun.scratchParent(request);
    strategy = strategyFor(parent, jobs.stream().map(DiskJob::disk).toList());
    DeadRuns.sweep(parent, CleanUpLog.notes(environment.progress()));
    RunDirectory directory =
        RunDirectory.create(
            parent, request.qmpSocket(), environment.images(), environment.random());
    List<Sent> sent;
    GuestFreeze quiesce =
        new GuestFreeze(request.freeze(), directory.path(), token, environment.ticker(), loud);
    try {
      sent = readInstant(directory, jobs, rotation, quiesce);
      freeze = quiesce.report();
    } catch (IOException | RuntimeException | Error e) {
      closeAfter(e, directory);
      throw e;
    }
    quiesce.stillFrozen().ifPresent(warn);
    try {
      directory.close();
    } catch (IOException e) {
      warn.accept("cannot remove " + directory.path() + ": " + e.getMessage());
    }
    return sent;
  }

  /** Whether the guest's file systems were frozen at the instant. */
  FreezeReport freeze() {
    return freeze;
  }

  private List<Sent> readInstant(
      RunDirectory directory, List<DiskJob> jobs, BitmapRotation rotation, Quiesce quiesce)
      throws IOException {
    environment.progress().phase("taking the point in time");
    List<DiskRequest> requests =
        jobs.stream()
            .map(
                job ->
                    new DiskRequest(
                        job.disk(),
                        rotation.created(job.disk()).text(),
                        job.bitmapStored(),
                        job.trustedBitmap().orElse(null)))
            .toList();
    token.check();
    ScratchWatch watch =
        new ScratchWatch(environment.scratch(), directory, token, environment.progress());
    MachineInstant instant = take(directory, requests, watch, quiesce);
    List<Sent> sent = new ArrayList<>();
    try {
      List<DiskView> views = instant.disks();
      uploads.begin(jobs, bytes -> holdMoreThan(bytes, instant, jobs));
      for (int i = 0; i < jobs.size(); i++) {
        token.check();
        sent.add(send(instant, views.get(i), jobs.get(i)));
      }
      instant.verify();
    } catch (DiskReadException e) {
      IOException explained = explain(instant, e);
      closeAfter(explained, instant);
      throw explained;
    } catch (IOException | RuntimeException | Error e) {
      closeAfter(e, instant);
      throw e;
    }
    try {
      instant.close();
      scratchUsed = watch.used();
    } catch (IOException e) {
      warn.accept(
          "the point in time was read, but not everything of it could be taken out of QEMU again;"
              + " the next backup will try: "
              + e.getMessage());
    }
    return sent;
  }

  private MachineInstant take(
      RunDirectory directory, List<DiskRequest> requests, ScratchWatch watch, Quiesce quiesce)
      throws IOException {
    MachineInstant instant = null;
    try {
      watch.begin(
          machine,
          requests.stream().map(DiskRequest::disk).toList(),
          strategy == Strategy.COPY_TO_SCRATCH);
      instant =
          machine.takeInstant(
              strategy,
              directory.run(),
              requests,
              watch.guarded(directory.scratchFiles()),
              directory.nbdSocket(),
              directory.path(),
              new CopyProgress(environment.progress(), token),
              quiesce);
      watch.witness(instant);
      return new WatchedInstant(instant, watch);
    } catch (IOException | RuntimeException | Error e) {
      closeAfter(e, watch);
      if (instant != null) {
        closeAfter(e, instant);
      }
      throw e;
    }
  }

  /** Storage that may stall gets filters that let no write of the guest wait for long. */
  private Strategy strategyFor(Path scratch, List<Disk> disks) throws IOException {
    Strategy usual = machine.strategy(disks);
    Optional<String> doubts = ScratchProbe.doubts(environment.scratch().storage(), scratch);
    if (doubts.isEmpty()) {
      return usual;
    }
    Strategy timed = machine.timedStrategy(disks);
    environment
        .progress()
        .note(
            doubts.get()
                + "; if a write of the guest has to wait for it too long, this backup is lost, not"
                + " the write");
    return timed;
  }

  /** How the instant was taken; after {@link #read}. */
  Strategy strategy() {
    return strategy;
  }

  /** The most bytes that the scratch files had; after {@link #read}. */
  long scratchUsed() {
    return scratchUsed;
  }

  /** A point in time that broke explains a failed read better than the read itself. */
  private static IOException explain(MachineInstant instant, DiskReadException failure) {
    try {
      instant.verify();
    } catch (PointInTimeBrokenException e) {
      e.addSuppressed(failure);
      return e;
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  private static void closeAfter(Throwable failure, AutoCloseable resource) {
    try {
      resource.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure.addSuppressed(e);
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }

  /** Whether the disks hold more data than that; asked for as far as it takes to know. */
  private boolean holdMoreThan(long bytes, MachineInstant instant, List<DiskJob> jobs)
      throws IOException {
    if (jobs.stream().mapToLong(job -> job.disk().size()).sum() <= bytes) {
      return false;
    }
    environment.progress().phase("looking how much there is to read");
    DataCount count = new DataCount(bytes);
    for (int i = 0; i < jobs.size() && !count.isExceeded(); i++) {
      token.check();
      try (Closing closing = new Closing(environment.progress())) {
        count.add(open(instant, instant.disks().get(i), jobs.get(i), closing));
      }
    }
    return count.isExceeded();
  }

  /** Opens a disk; cancelling the job ends a read that is under way. */
  private DiskSource open(MachineInstant instant, DiskView view, DiskJob job, Closing closing)
      throws IOException {
    DiskSource source = machine.open(instant, view);
    closing.add("the connection to disk " + job.disk().name(), source);
    closing.add(
        "",
        token.onCancel(() -> Closing.close("a cancelled read", source, environment.progress())));
    return source;
  }

  private Sent send(MachineInstant instant, DiskView view, DiskJob job) throws IOException {
    if (view.dirty().isPresent() != job.base().isPresent()) {
      throw new IllegalStateException("the instant of " + job.disk().name() + " is not as planned");
    }
    try (Closing closing = new Closing(environment.progress())) {
      DiskSource source = open(instant, view, job, closing);
      if (source.size() != job.disk().size()) {
        throw new IOException(
            "disk "
                + job.disk().name()
                + " was resized from "
                + job.disk().size()
                + " to "
                + source.size()
                + " bytes while the backup began; start it again");
      }
      if (view.dirty().isEmpty()) {
        return send(source, Optional.empty(), job, 0);
      }
      return audited(instant, source, view.dirty().get(), job);
    }
  }

  private Sent audited(MachineInstant instant, DiskSource source, List<Extent> dirty, DiskJob job)
      throws IOException {
    CleanAudit audit =
        new CleanAudit(
            source,
            dirty,
            job.base().orElseThrow(),
            request.keys().protection().names(),
            environment.progress());
    environment.progress().phase("checking the bitmap of " + job.disk().name());
    Optional<ReadPlan.FullRead> lie =
        audit.verdict(request.auditPercent(), environment.random(), token);
    if (lie.isEmpty()) {
      return send(source, Optional.of(dirty), job, audit.read());
    }
    // A point in time that broke may read as anything; then nothing is known about the bitmap.
    instant.verify();
    loud.accept("disk " + job.disk().name() + ": " + lie.get().detail());
    return send(source, Optional.empty(), job.readInFull(lie.get()), audit.read());
  }

  private Sent send(DiskSource source, Optional<List<Extent>> dirty, DiskJob job, long audited)
      throws IOException {
    ReadRanges ranges = new ReadRanges(job.disk().size(), dirty);
    environment.progress().phase("reading " + job.disk().name());
    environment.progress().total(ranges.mostBytes());
    ChunkPipeline pipeline =
        new ChunkPipeline(
            environment.sizes(),
            source,
            uploads.open(job),
            request.keys().protection().sealer(),
            rate,
            environment.progress());
    ManifestFile file = pipeline.run(ranges, token);
    Transfer transfer = pipeline.transfer();
    return new Sent(
        file,
        new DiskSummary(
            job.disk().name(),
            job.archive(),
            job.disk().size(),
            job.plan(),
            transfer.read.sum(),
            transfer.zero.sum(),
            transfer.reused.sum(),
            transfer.uploadedChunks.sum(),
            transfer.uploadedPlain.sum(),
            transfer.uploadedEncoded.sum(),
            audited,
            job.bitmapStored()));
  }
}
