package org.qmpbs.client.backup;

import java.io.IOException;
import org.qmpbs.client.retry.Retries;
import org.qmpbs.pbs.BackupSession;
import org.qmpbs.pbs.FinishOutcome;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.ReadKey;
import org.qmpbs.pbs.Snapshot;

/**
 * Finishes a session, and where the answer is lost asks whether the snapshot exists. The record is
 * what tells our snapshot from anybody else's of the same time.
 */
final class SnapshotEnd {
  private final BackupEnvironment environment;
  private final Namespace namespace;
  private final ReadKey key;
  private final Retries retries;
  private final CancellationToken token;

  /**
   * @param key of what this run writes
   * @param retries of asking, while the server cannot be reached
   */
  SnapshotEnd(
      BackupEnvironment environment,
      Namespace namespace,
      ReadKey key,
      Retries retries,
      CancellationToken token) {
    this.environment = environment;
    this.namespace = namespace;
    this.key = key;
    this.retries = retries;
    this.token = token;
  }

  /** How it became known that the snapshot exists. */
  enum Known {
    /** The server answered. */
    ANSWERED,
    /** It did not, and said so when asked. */
    ASKED
  }

  /**
   * Finishes.
   *
   * @param recordName blob that the session has uploaded
   * @param content its plain content
   * @return the snapshot exists
   * @throws PbsException if the server refused
   * @throws OutcomeUnknownException if nobody can be asked
   * @throws FinishLostException if the snapshot does not exist
   */
  Known finish(CurrentSession current, Manifest manifest, String recordName, byte[] content)
      throws IOException {
    BackupSession session = current.get();
    current.beginCommit();
    token.check();
    IOException doubt = new IOException("the connection died before the server's answer");
    try {
      if (session.finish(manifest) == FinishOutcome.DONE) {
        return Known.ANSWERED;
      }
    } catch (PbsException e) {
      // A refusal is an answer: the snapshot does not exist.
      throw e;
    } catch (IOException e) {
      doubt = e;
    }
    // A session that still lives would keep the unfinished snapshot in the list.
    session.close();
    Snapshot snapshot = session.snapshot();
    environment.progress().warn("the end of the backup got no answer; asking for " + snapshot);
    boolean exists;
    try {
      exists =
          new FinishDoubt(environment, namespace, snapshot, key, recordName, content, retries)
              .snapshotExists();
    } catch (IOException e) {
      e.addSuppressed(doubt);
      throw new OutcomeUnknownException(
          "the connection died while the server finished "
              + snapshot
              + ", and it cannot be asked whether the snapshot exists: "
              + e.getMessage(),
          "Nothing is lost: both bitmaps are kept, and the next backup finds out. Start it again"
              + " when the server can be reached.",
          e);
    }
    if (!exists) {
      throw new FinishLostException(
          "the connection died while the server finished " + snapshot + "; it does not exist",
          "Look at the network and at the server's task log, then start again.",
          doubt);
    }
    return Known.ASKED;
  }
}
