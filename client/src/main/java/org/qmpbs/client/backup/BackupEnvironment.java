package org.qmpbs.client.backup;

import java.io.InterruptedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.rate.RateLimiter;
import org.qmpbs.pbs.PbsServer;

/**
 * What a backup works with; everything that is not decided by the request.
 *
 * @param server where it goes
 * @param progress who is told
 * @param clock tells the backup time
 * @param random makes nonces and names
 * @param machines finds the machine
 * @param images writes empty scratch images
 * @param ticker measures and waits
 * @param sizes of the pipeline
 * @param scratch looks after the scratch storage
 */
record BackupEnvironment(
    PbsServer server,
    Progress progress,
    Clock clock,
    RandomGenerator random,
    MachinePort.Connector machines,
    RunDirectory.EmptyImages images,
    RateLimiter.Ticker ticker,
    ChunkPipeline.Sizes sizes,
    ScratchCare scratch) {

  /** Waits, unless the thread is interrupted. */
  void sleep(Duration duration) throws InterruptedIOException {
    try {
      ticker.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("the backup was interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }
}
