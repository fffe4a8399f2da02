package org.qmpbs.client.log;

import java.io.IOException;
import java.time.Duration;
import org.qmpbs.chunker.ChunkSealer;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.rate.RateLimiter;
import org.qmpbs.client.retry.Setback;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.ServerProblem;
import org.qmpbs.pbs.Snapshot;

/**
 * Puts the log of a backup beside it as {@code client.log.blob}. The snapshot is finished and good
 * by then, so that nothing which happens here can fail the backup: one more try, then a warning.
 */
public final class LogUpload {
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final PbsServer server;
  private final Namespace namespace;
  private final RateLimiter.Ticker ticker;

  /** Uploads to {@code namespace}. */
  public LogUpload(PbsServer server, Namespace namespace, RateLimiter.Ticker ticker) {
    this.server = server;
    this.namespace = namespace;
    this.ticker = ticker;
  }

  /**
   * Uploads.
   *
   * @param sealer that of the snapshot: who may not read its disks may not read what is said of
   *     them
   * @return whether the server has it
   */
  public boolean upload(Snapshot snapshot, ClientLog log, ChunkSealer sealer, Progress progress) {
    byte[] blob = sealer.seal(log.content());
    try {
      try {
        server.administration().uploadLog(namespace, snapshot, blob);
      } catch (IOException e) {
        if (!Setback.isTransient(e, true)) {
          throw e;
        }
        ticker.sleep(PAUSE);
        again(snapshot, blob);
      }
      return true;
    } catch (IOException e) {
      progress.warn(
          "the log of this backup could not be stored with it ("
              + Setback.line(e)
              + "); the backup is good");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      progress.warn("the log of this backup was not stored with it; the backup is good");
    }
    return false;
  }

  /** The first try may have arrived, and only its answer be lost. */
  private void again(Snapshot snapshot, byte[] blob) throws IOException {
    try {
      server.administration().uploadLog(namespace, snapshot, blob);
    } catch (PbsException e) {
      if (e.problem() != ServerProblem.EXISTS) {
        throw e;
      }
    }
  }
}
