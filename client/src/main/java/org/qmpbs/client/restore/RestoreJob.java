package org.qmpbs.client.restore;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.qmpbs.client.key.Caveats;
import org.qmpbs.client.lookup.NotInDatastoreException;
import org.qmpbs.client.lookup.UnfinishedUpload;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.rate.RateLimiter;
import org.qmpbs.client.read.DamagedArchiveException;
import org.qmpbs.client.read.JobStop;
import org.qmpbs.client.read.JobStoppedException;
import org.qmpbs.client.read.PatientReader;
import org.qmpbs.client.read.Patiently;
import org.qmpbs.client.read.SnapshotOpener;
import org.qmpbs.client.restore.RestoreSummary.ArchiveSummary;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.ReaderSession;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.WrongKeyException;

/**
 * One restore. In order: find the snapshot, read manifest and indexes, check every target; then
 * write all archives beside their targets, each verified and on stable storage; then give them
 * their names. A failure before the last step leaves no name changed.
 *
 * <p>{@link #run} is called once. {@link #cancel} may be called from any thread at any time.
 */
public final class RestoreJob {
  private final PbsServer server;
  private final RestoreRequest request;
  private final Progress progress;
  private final Clock clock;
  private final RandomGenerator random;
  private final SinkFactory sinks;
  private final TargetChecker targets;
  private final JobStop stop;
  private volatile Aftermath aftermath = Aftermath.NOTHING_WRITTEN;

  /** Prepares a restore from {@code server}, which the caller closes. */
  public RestoreJob(
      PbsServer server,
      RestoreRequest request,
      Progress progress,
      Clock clock,
      RandomGenerator random) {
    this.server = server;
    this.request = request;
    this.progress = progress;
    this.clock = clock;
    this.random = random;
    this.sinks = new SinkFactory(request.format(), random);
    this.targets = new TargetChecker(request.force(), new DeviceUse());
    this.stop = new JobStop("restore", request.deadline());
  }

  /**
   * Restores.
   *
   * @throws TargetException if a target cannot be used or written
   * @throws DamagedArchiveException if a chunk is not what the index says
   * @throws UnsupportedArchiveException if an archive is of another kind
   * @throws WrongKeyException if another key made the snapshot, or a key is needed
   * @throws JobStoppedException if it was cancelled or took too long
   */
  public RestoreSummary run() throws IOException {
    Instant start = clock.instant();
    try (stop) {
      progress.phase("looking for the snapshot");
      Patiently patiently = new Patiently(request.retries(), stop, progress, random);
      SnapshotOpener snapshots =
          new SnapshotOpener(server, request.namespace(), request.key(), patiently, stop);
      Snapshot snapshot = snapshots.find(request.snapshot());
      try (PatientReader session = snapshots.open(snapshot)) {
        List<ArchiveSummary> archives = restore(session);
        return new RestoreSummary(
            snapshot, archives, Duration.between(start, clock.instant()), patiently.total());
      }
    } catch (IOException e) {
      throw stop.explain(e);
    } catch (InterruptedException e) {
      throw stop.interrupted(e);
    }
  }

  /** Ends the job soon; {@link #run} then removes what it has written and throws. */
  public void cancel() {
    stop.stop(JobStop.Reason.CANCELLED);
  }

  /** What is left behind, once {@link #run} has thrown. */
  public Aftermath aftermath() {
    return aftermath;
  }

  private List<ArchiveSummary> restore(ReaderSession session)
      throws IOException, InterruptedException {
    Manifest manifest = session.manifest();
    if (UnfinishedUpload.is(manifest)) {
      throw new NotInDatastoreException(
          "snapshot "
              + manifest.snapshot()
              + " is a checkpoint of an interrupted first upload, not a backup: what was not sent is"
              + " zeros in it, and what was sent may be of different moments",
          "Run the backup to its end and restore that. What is in the checkpoint all the same,"
              + " proxmox-backup-client gives back.");
    }
    Caveats.tell(manifest, request.key(), progress);
    List<ArchivePlan> plans =
        new Planner(session, manifest, request.key(), request.format(), targets)
            .plan(request.selection());
    FreeSpace.check(plans, progress);
    RateLimiter limiter = new RateLimiter(request.rate(), stop);
    List<ImageSink> open = new ArrayList<>();
    try {
      List<ArchiveSummary> summaries = new ArrayList<>();
      for (ArchivePlan plan : plans) {
        summaries.add(
            plan.index().isPresent()
                ? restoreImage(session, plan, limiter, open)
                : restoreBlob(session, manifest, plan, open));
      }
      publish(open);
      return summaries;
    } finally {
      closeAll(open);
    }
  }

  private ArchiveSummary restoreImage(
      ReaderSession session, ArchivePlan plan, RateLimiter limiter, List<ImageSink> open)
      throws IOException, InterruptedException {
    try (ChunkStream chunks = new ChunkStream(session, limiter)) {
      ArchiveWriter writer = begin(plan, sinks.open(plan), open);
      progress.phase("restoring " + plan.name());
      progress.total(plan.imageSize());
      chunks.read(plan.name(), plan.index().orElseThrow(), plan.opener(), writer);
      writer.complete();
      return new ArchiveSummary(
          plan.name(),
          plan.destination().name(),
          request.format().id(),
          plan.imageSize(),
          writer.zero(),
          chunks.chunks(),
          chunks.bytes());
    }
  }

  private ArchiveSummary restoreBlob(
      ReaderSession session, Manifest manifest, ArchivePlan plan, List<ImageSink> open)
      throws IOException {
    progress.phase("restoring " + plan.name());
    byte[] content = session.blob(manifest, plan.name());
    progress.total(content.length);
    ArchiveWriter writer = begin(plan, sinks.openBlob(plan, content.length), open);
    writer.content(content);
    writer.complete();
    long stored = manifest.file(plan.name()).orElseThrow().size();
    return new ArchiveSummary(
        plan.name(), plan.destination().name(), "blob", content.length, 0, 1, stored);
  }

  private ArchiveWriter begin(ArchivePlan plan, ImageSink sink, List<ImageSink> open) {
    open.add(sink);
    if (plan.destination() instanceof Destination.ToDevice) {
      aftermath = Aftermath.DEVICE_INCOMPLETE;
    } else if (plan.destination() instanceof Destination.ToStream) {
      aftermath = Aftermath.STREAM_INCOMPLETE;
    } else {
      aftermath = Aftermath.PARTIAL_REMOVED;
    }
    return new ArchiveWriter(sink, plan.destination().name(), progress, stop);
  }

  private void publish(List<ImageSink> complete) throws IOException {
    for (ImageSink sink : complete) {
      sink.publish();
      aftermath = Aftermath.PARTLY_PUBLISHED;
    }
  }

  private void closeAll(List<ImageSink> open) {
    for (ImageSink sink : open) {
      try {
        sink.close();
      } catch (IOException e) {
        aftermath = Aftermath.PARTIAL_LEFT;
        progress.warn("clean-up failed: " + e.getMessage());
      }
    }
  }
}
