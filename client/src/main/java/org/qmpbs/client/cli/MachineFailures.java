package org.qmpbs.client.cli;

import org.jspecify.annotations.Nullable;
import org.qmpbs.client.backup.BackupException;
import org.qmpbs.client.backup.ClockException;
import org.qmpbs.client.backup.DiskChoiceException;
import org.qmpbs.client.backup.FreezeException;
import org.qmpbs.client.backup.GroupChangedException;
import org.qmpbs.client.backup.JobCancelledException;
import org.qmpbs.client.backup.JobDeadlineException;
import org.qmpbs.client.backup.MachineBusyException;
import org.qmpbs.client.backup.OutcomeUnknownException;
import org.qmpbs.client.backup.PointInTimeLostException;
import org.qmpbs.client.backup.ScratchException;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.machine.PointInTimeBrokenException;
import org.qmpbs.machine.ScratchRoomException;
import org.qmpbs.machine.UnsafeMachineException;
import org.qmpbs.qmp.MonitorClosedException;
import org.qmpbs.qmp.MonitorUnreachableException;
import org.qmpbs.qmp.NotAMonitorException;
import org.qmpbs.qmp.QmpBusyException;
import org.qmpbs.qmp.QmpCommandException;
import org.qmpbs.qmp.QmpTimeoutException;

/** Failures of a running machine: its monitor, its state, the backup that was made of it. */
final class MachineFailures {
  private MachineFailures() {}

  static @Nullable Explanation of(Throwable thrown) {
    if (thrown instanceof UnsafeMachineException e) {
      return Explanation.of(ExitCode.UNSAFE_MACHINE, e, e.remedy());
    }
    if (thrown instanceof PointInTimeBrokenException e) {
      return Explanation.of(
          ExitCode.POINT_IN_TIME_LOST,
          e,
          "Give the scratch directory (--scratch) more room or a faster disk, then run the backup"
              + " again.");
    }
    if (thrown instanceof ScratchRoomException e) {
      return Explanation.of(ExitCode.TARGET, e, e.remedy());
    }
    if (thrown instanceof BackupException e) {
      return Explanation.of(backupCode(e), e, e.remedy());
    }
    if (thrown instanceof QmpBusyException) {
      return Explanation.of(
          ExitCode.BUSY,
          thrown,
          "A monitor socket serves one program at a time: end the other one, or give the machine a"
              + " second -qmp socket for backups.");
    }
    if (thrown instanceof MonitorUnreachableException || thrown instanceof NotAMonitorException) {
      return Explanation.of(
          ExitCode.NOT_FOUND,
          thrown,
          "Check that the machine runs, that --qmp names its -qmp socket, and that you may open it.");
    }
    if (thrown instanceof MonitorClosedException || thrown instanceof QmpTimeoutException) {
      return Explanation.of(
          ExitCode.NETWORK, thrown, "See whether the machine still runs, then run it again.");
    }
    if (thrown instanceof QmpCommandException) {
      return Explanation.of(
          ExitCode.POINT_IN_TIME_LOST,
          thrown,
          "See what QEMU says above; qmpbs status --qmp SOCKET shows the machine as it is now.");
    }
    return null;
  }

  private static ExitCode backupCode(BackupException thrown) {
    if (thrown instanceof ClockException) {
      return ExitCode.SERVER;
    }
    if (thrown instanceof DiskChoiceException) {
      return ExitCode.NOT_FOUND;
    }
    if (thrown instanceof FreezeException) {
      return ExitCode.POINT_IN_TIME_LOST;
    }
    if (thrown instanceof MachineBusyException || thrown instanceof GroupChangedException) {
      return ExitCode.BUSY;
    }
    if (thrown instanceof JobDeadlineException) {
      return ExitCode.DEADLINE;
    }
    if (thrown instanceof JobCancelledException) {
      return ExitCode.INTERRUPTED;
    }
    if (thrown instanceof OutcomeUnknownException) {
      return ExitCode.OUTCOME_UNKNOWN;
    }
    if (thrown instanceof PointInTimeLostException) {
      return ExitCode.POINT_IN_TIME_LOST;
    }
    return thrown instanceof ScratchException ? ExitCode.TARGET : ExitCode.NETWORK;
  }
}
