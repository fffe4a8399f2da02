package org.qmpbs.client.retention;

import org.qmpbs.client.lookup.FinishedSnapshots;
import org.qmpbs.pbs.SnapshotInfo;

/**
 * What the rules look at in a snapshot.
 *
 * @param time seconds since 1970
 * @param isProtected whether it stays whatever the rules say
 * @param isFinished whether it has a manifest
 */
public record Candidate(long time, boolean isProtected, boolean isFinished) {
  /** From the server's list. */
  public static Candidate of(SnapshotInfo info) {
    return new Candidate(
        info.snapshot().time(), info.isProtected(), FinishedSnapshots.isFinished(info));
  }
}
