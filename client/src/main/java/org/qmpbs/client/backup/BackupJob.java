package org.qmpbs.client.backup;

import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.qmpbs.client.backup.ReadPlan.FullRead;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.qcow2.Qcow2Images;

/**
 * Takes a running machine to the server. One object is one job: {@link #run} or {@link #plan} is
 * called once, {@link #cancel} from any thread.
 *
 * <p>A job is one attempt, or several: {@link Attempts} says what is tried again.
 *
 * <p>Cancelling, and the deadline, end the job at its next step: calls to the server and reads of
 * the disk that are under way are cut off, everything is taken apart, and bitmaps are as after a
 * failure. Only the server's answer to the end of the backup is always waited for, as long as one
 * operation may take.
 */
public final class BackupJob {
  private final BackupEnvironment environment;
  private final BackupRequest request;
  private final CancellationToken token;

  /**
   * A job for a machine of this host.
   *
   * @param server where it goes; stays open
   * @param request what to do
   * @param progress who is told
   * @param clock tells the backup time
   * @param random makes nonces and names; should be a secure one
   */
  public BackupJob(
      PbsServer server,
      BackupRequest request,
      Progress progress,
      Clock clock,
      RandomGenerator random) {
    this(server, request, progress, clock, random, new CancellationToken());
  }

  private BackupJob(
      PbsServer server,
      BackupRequest request,
      Progress progress,
      Clock clock,
      RandomGenerator random,
      CancellationToken token) {
    this(
        new BackupEnvironment(
            server,
            progress,
            clock,
            random,
            QemuMachine::connect,
            Qcow2Images::createEmpty,
            token.ticker(),
            ChunkPipeline.Sizes.ofMachine(),
            ScratchCare.OF_HOST),
        request,
        token);
  }

  BackupJob(BackupEnvironment environment, BackupRequest request) {
    this(environment, request, new CancellationToken());
  }

  private BackupJob(BackupEnvironment environment, BackupRequest request, CancellationToken token) {
    this.environment = environment;
    this.request = request;
    this.token = token;
  }

  /**
   * Backs up.
   *
   * @return what exists on the server now
   * @throws BackupException for ends that people can act upon
   * @throws PbsException if the server refused
   * @throws IOException for everything else; no snapshot exists then, unless it is an {@link
   *     OutcomeUnknownException}
   */
  public BackupSummary run() throws IOException {
    Optional<FullRead> forced =
        request.forceFullRead()
            ? Optional.of(new FullRead(FullReadReason.REQUESTED, "a full read was asked for"))
            : Optional.empty();
    JobDeadline deadline = new JobDeadline(request.deadline(), token);
    try {
      return new Attempts(environment, request, token, forced).run();
    } catch (OutcomeUnknownException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      BackupException reason = token.reason();
      if (reason != null) {
        if (reason != e) {
          reason.addSuppressed(e);
        }
        throw reason;
      }
      throw e;
    } finally {
      deadline.close();
    }
  }

  /**
   * Says what {@link #run} would do now, without changing anything in QEMU or on the server.
   *
   * @return with at most as many bytes to be read as it says
   */
  public BackupSummary plan() throws IOException {
    return new DryRun(environment, request).plan();
  }

  /** Ends the job at its next step. Returns at once; {@link #run} throws when all is cleared up. */
  public void cancel() {
    token.cancel(
        new JobCancelledException(
            "the backup was cancelled; there is no new snapshot, and no change is lost for the next"
                + " one",
            "Start it again when it suits.",
            null));
  }
}
