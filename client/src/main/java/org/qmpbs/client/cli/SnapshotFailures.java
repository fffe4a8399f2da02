package org.qmpbs.client.cli;

import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.AuthenticationFailedException;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.UnsupportedDataException;
import org.qmpbs.client.diff.NotComparableException;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.read.DamagedArchiveException;
import org.qmpbs.client.read.JobStoppedException;
import org.qmpbs.client.restore.TargetException;
import org.qmpbs.client.restore.UnsupportedArchiveException;
import org.qmpbs.client.verify.RecordException;

/** Failures of what is read from a snapshot, and of where it goes. */
final class SnapshotFailures {
  private SnapshotFailures() {}

  static @Nullable Explanation of(Throwable thrown) {
    if (thrown instanceof TargetException e) {
      return Explanation.of(ExitCode.TARGET, e, e.remedy());
    }
    if (thrown instanceof RecordException e) {
      return Explanation.of(ExitCode.TARGET, e, e.remedy());
    }
    if (thrown instanceof UnsupportedArchiveException e) {
      return Explanation.of(ExitCode.USAGE, e, e.remedy());
    }
    if (thrown instanceof NotComparableException e) {
      return Explanation.of(ExitCode.USAGE, e, e.remedy());
    }
    if (thrown instanceof UnsupportedDataException e) {
      return Explanation.of(ExitCode.USAGE, e, "Use the program that made the backup.");
    }
    if (thrown instanceof JobStoppedException e) {
      return Explanation.of(
          e.byDeadline() ? ExitCode.DEADLINE : ExitCode.INTERRUPTED,
          e,
          e.byDeadline()
              ? "Allow more time with --deadline, or look for what makes it slow."
              : "Run the command again.");
    }
    if (thrown instanceof DamagedArchiveException
        || thrown instanceof CorruptDataException
        || thrown instanceof AuthenticationFailedException) {
      return Explanation.of(
          ExitCode.DAMAGED,
          thrown,
          "Verify the snapshot on the server, and restore an older one; the next backup uploads what"
              + " verification finds damaged.");
    }
    return null;
  }
}
