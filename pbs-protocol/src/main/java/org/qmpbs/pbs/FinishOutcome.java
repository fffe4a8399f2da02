package org.qmpbs.pbs;

/** What is true after {@link BackupSession#finish}. */
public enum FinishOutcome {
  /** The server confirmed: the snapshot exists. */
  DONE,
  /**
   * The connection died between the request and its answer. The snapshot exists or does not; only
   * the server's list of snapshots can tell.
   */
  UNKNOWN
}
