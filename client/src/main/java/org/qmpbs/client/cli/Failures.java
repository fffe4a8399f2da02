package org.qmpbs.client.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import javax.net.ssl.SSLException;
import org.qmpbs.chunker.AuthenticationFailedException;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.UnsupportedDataException;
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
import org.qmpbs.client.bitmap.ActionRefusedException;
import org.qmpbs.client.bitmap.ImageIoException;
import org.qmpbs.client.connect.SettingsException;
import org.qmpbs.client.diff.NotComparableException;
import org.qmpbs.client.key.Passphrases;
import org.qmpbs.client.lookup.NotInDatastoreException;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Failure;
import org.qmpbs.client.read.DamagedArchiveException;
import org.qmpbs.client.read.JobStoppedException;
import org.qmpbs.client.restore.TargetException;
import org.qmpbs.client.restore.UnsupportedArchiveException;
import org.qmpbs.client.task.TaskFailedException;
import org.qmpbs.client.verify.RecordException;
import org.qmpbs.machine.BitmapChangeException;
import org.qmpbs.machine.PointInTimeBrokenException;
import org.qmpbs.machine.ScratchRoomException;
import org.qmpbs.machine.UnsafeMachineException;
import org.qmpbs.pbs.BadAnswerException;
import org.qmpbs.pbs.CertificateMismatchException;
import org.qmpbs.pbs.ForgedManifestException;
import org.qmpbs.pbs.HasRemedy;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.SecondFactorRequiredException;
import org.qmpbs.pbs.UnsignedManifestException;
import org.qmpbs.pbs.WrongKeyException;
import org.qmpbs.pbs.key.PassphraseTooShortException;
import org.qmpbs.pbs.key.WrongMasterKeyException;
import org.qmpbs.pbs.key.WrongPassphraseException;
import org.qmpbs.qcow2.CorruptImageException;
import org.qmpbs.qcow2.ImageInUseException;
import org.qmpbs.qcow2.UnsupportedImageException;
import org.qmpbs.qcow2.bitmap.BitmapRefusedException;
import org.qmpbs.qcow2.bitmap.SideFileException;
import org.qmpbs.qmp.MonitorClosedException;
import org.qmpbs.qmp.MonitorUnreachableException;
import org.qmpbs.qmp.NotAMonitorException;
import org.qmpbs.qmp.QmpBusyException;
import org.qmpbs.qmp.QmpCommandException;
import org.qmpbs.qmp.QmpTimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The one place that turns what was thrown into an exit code, a cause and a remedy. */
final class Failures {
  private static final String TRY_LATER =
      "Check that the server runs and can be reached from here, then run the command again.";

  private Failures() {}

  /** The failure that {@code thrown} is. */
  static Failure explain(Throwable thrown, Consequence consequence) {
    Explanation found = explanation(thrown);
    return new Failure(found.code(), found.cause(), consequence.of(found.code()), found.remedy());
  }

  /**
   * A signal came first; {@code thrown} is what it led to. A signal does not end what the server
   * has begun to finish, so that its outcome is unknown is said all the same.
   */
  static Failure interrupted(ExitCode code, Throwable thrown, Consequence consequence) {
    if (thrown instanceof OutcomeUnknownException) {
      return explain(thrown, consequence);
    }
    // At a question nothing was begun yet, and the signal was the answer.
    ExitCode meant = thrown instanceof UsageException ? ExitCode.USAGE : code;
    return new Failure(
        code, code.meaning(), consequence.of(meant), "Run the command again when it suits.");
  }

  /** Options that cannot be parsed. */
  static Failure wrongUse(ParameterException e, CommandLine line) {
    String message = e.getMessage() == null ? "wrong use" : e.getMessage();
    return new Failure(
        ExitCode.USAGE,
        message,
        "Nothing was done.",
        "See: " + line.getCommandSpec().qualifiedName() + " --help");
  }

  private record Explanation(ExitCode code, String cause, String remedy) {}

  private static Explanation explanation(Throwable thrown) {
    if (thrown instanceof UsageException e) {
      return of(ExitCode.USAGE, e, e.remedy());
    }
    if (thrown instanceof SettingsException e) {
      return of(ExitCode.USAGE, e, e.remedy());
    }
    if (thrown instanceof UnusableKeyException e) {
      return of(e.code(), e, e.remedy());
    }
    if (thrown instanceof NotInDatastoreException e) {
      return of(ExitCode.NOT_FOUND, e, e.remedy());
    }
    if (thrown instanceof UnsafeMachineException e) {
      return of(ExitCode.UNSAFE_MACHINE, e, e.remedy());
    }
    if (thrown instanceof PointInTimeBrokenException e) {
      return of(
          ExitCode.POINT_IN_TIME_LOST,
          e,
          "Give the scratch directory (--scratch) more room or a faster disk, then run the backup"
              + " again.");
    }
    if (thrown instanceof ScratchRoomException e) {
      return of(ExitCode.TARGET, e, e.remedy());
    }
    if (thrown instanceof BackupException e) {
      return of(backupCode(e), e, e.remedy());
    }
    return monitorProblem(thrown);
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

  private static Explanation monitorProblem(Throwable thrown) {
    if (thrown instanceof QmpBusyException) {
      return of(
          ExitCode.BUSY,
          thrown,
          "A monitor socket serves one program at a time: end the other one, or give the machine a"
              + " second -qmp socket for backups.");
    }
    if (thrown instanceof MonitorUnreachableException || thrown instanceof NotAMonitorException) {
      return of(
          ExitCode.NOT_FOUND,
          thrown,
          "Check that the machine runs, that --qmp names its -qmp socket, and that you may open it.");
    }
    if (thrown instanceof MonitorClosedException || thrown instanceof QmpTimeoutException) {
      return of(ExitCode.NETWORK, thrown, "See whether the machine still runs, then run it again.");
    }
    if (thrown instanceof QmpCommandException) {
      return of(
          ExitCode.POINT_IN_TIME_LOST,
          thrown,
          "See what QEMU says above; qmpbs status --qmp SOCKET shows the machine as it is now.");
    }
    return imageProblem(thrown);
  }

  private static Explanation imageProblem(Throwable thrown) {
    if (thrown instanceof ActionRefusedException e) {
      return of(refusalCode(e.refusal().reason()), e, e.refusal().remedy());
    }
    if (thrown instanceof BitmapRefusedException e) {
      return of(refusalCode(e.reason()), e, e.remedy());
    }
    if (thrown instanceof BitmapChangeException e) {
      return of(changeCode(e.reason()), e, e.remedy());
    }
    if (thrown instanceof CorruptImageException) {
      return of(
          ExitCode.DAMAGED,
          thrown,
          "If the image is the right one, its header is damaged beyond what a repair of bitmaps can"
              + " mend: restore it from a backup.");
    }
    if (thrown instanceof UnsupportedImageException) {
      return of(
          ExitCode.USAGE,
          thrown,
          "Check that FILENAME is the qcow2 image that was meant. Only qcow2 stores bitmaps.");
    }
    if (thrown instanceof ImageIoException) {
      return of(
          ExitCode.TARGET,
          thrown,
          "See what the kernel says of the disk (dmesg) and whether there is room, then run the command"
              + " again.");
    }
    if (thrown instanceof SideFileException) {
      return of(
          ExitCode.DAMAGED,
          thrown,
          "Name the file that the repair of this image said it kept, as it was then.");
    }
    if (thrown instanceof ImageInUseException) {
      return of(
          ExitCode.TARGET,
          thrown,
          "Shut the machine down or end the tool. Or let the running machine's QEMU list or change"
              + " the bitmaps: give --qmp SOCKET --node NAME instead of FILENAME. list and check can"
              + " look at what is in the file now with --force-share.");
    }
    return restoreProblem(thrown);
  }

  private static ExitCode refusalCode(BitmapRefusedException.Reason reason) {
    return switch (reason) {
      case VERSION_2, ENCRYPTED, EMPTY_DISK, SOURCE_SIZE, GRANULARITY, NAME, BITMAP_TOO_LARGE ->
          ExitCode.USAGE;
      case NOT_FOUND, SOURCE_NOT_FOUND -> ExitCode.NOT_FOUND;
      case ALREADY_EXISTS, TOO_MANY, DIRECTORY_TOO_LARGE, NO_ROOM, NO_ROOM_IN_HEADER, CHANGED ->
          ExitCode.TARGET;
      case INCONSISTENT, SOURCE_INCONSISTENT -> ExitCode.BITMAPS_USELESS;
      case UNCLEAN, DAMAGED -> ExitCode.DAMAGED;
    };
  }

  private static ExitCode changeCode(BitmapChangeException.Reason reason) {
    return switch (reason) {
      case INVALID, NOT_TOGETHER, NOT_STORABLE -> ExitCode.USAGE;
      case NO_SUCH_NODE, NOT_FOUND -> ExitCode.NOT_FOUND;
      case BUSY -> ExitCode.BUSY;
      case INCONSISTENT -> ExitCode.BITMAPS_USELESS;
      case ALREADY_EXISTS, READ_ONLY, NO_ROOM, REFUSED -> ExitCode.TARGET;
    };
  }

  private static Explanation restoreProblem(Throwable thrown) {
    if (thrown instanceof TargetException e) {
      return of(ExitCode.TARGET, e, e.remedy());
    }
    if (thrown instanceof RecordException e) {
      return of(ExitCode.TARGET, e, e.remedy());
    }
    if (thrown instanceof UnsupportedArchiveException e) {
      return of(ExitCode.USAGE, e, e.remedy());
    }
    if (thrown instanceof NotComparableException e) {
      return of(ExitCode.USAGE, e, e.remedy());
    }
    if (thrown instanceof UnsupportedDataException e) {
      return of(ExitCode.USAGE, e, "Use the program that made the backup.");
    }
    if (thrown instanceof JobStoppedException e) {
      return of(
          e.byDeadline() ? ExitCode.DEADLINE : ExitCode.INTERRUPTED,
          e,
          e.byDeadline()
              ? "Allow more time with --deadline, or look for what makes it slow."
              : "Run the command again.");
    }
    if (thrown instanceof DamagedArchiveException
        || thrown instanceof CorruptDataException
        || thrown instanceof AuthenticationFailedException) {
      return of(
          ExitCode.DAMAGED,
          thrown,
          "Verify the snapshot on the server, and restore an older one; the next backup uploads what"
              + " verification finds damaged.");
    }
    return connectionProblem(thrown);
  }

  private static Explanation connectionProblem(Throwable thrown) {
    if (thrown instanceof HasRemedy e) {
      return of(serverCode(thrown), thrown, e.remedy());
    }
    if (thrown instanceof SSLException) {
      return of(
          ExitCode.LOGIN,
          thrown,
          "Set PBS_FINGERPRINT to the fingerprint that the server shows with:"
              + " proxmox-backup-manager cert info");
    }
    if (thrown instanceof UnknownHostException) {
      return new Explanation(
          ExitCode.NETWORK,
          "the name of the server cannot be resolved: " + thrown.getMessage(),
          "Check the repository's host name and this host's DNS.");
    }
    if (thrown instanceof ConnectException
        || thrown instanceof NoRouteToHostException
        || thrown instanceof SocketTimeoutException) {
      return of(ExitCode.NETWORK, thrown, TRY_LATER);
    }
    return localProblem(thrown);
  }

  private static boolean isKeyProblem(Throwable thrown) {
    return thrown instanceof WrongPassphraseException
        || thrown instanceof PassphraseTooShortException
        || thrown instanceof WrongMasterKeyException
        || thrown instanceof WrongKeyException;
  }

  private static ExitCode serverCode(Throwable thrown) {
    if (isKeyProblem(thrown)) {
      return ExitCode.LOGIN;
    }
    if (thrown instanceof Passphrases.PassphraseMissingException) {
      return ExitCode.USAGE;
    }
    if (thrown instanceof ForgedManifestException || thrown instanceof UnsignedManifestException) {
      return ExitCode.DAMAGED;
    }
    if (thrown instanceof TaskFailedException) {
      return ExitCode.SERVER;
    }
    if (thrown instanceof PbsException e) {
      return ServerProblems.exitCode(e.problem());
    }
    if (thrown instanceof CertificateMismatchException
        || thrown instanceof SecondFactorRequiredException) {
      return ExitCode.LOGIN;
    }
    return thrown instanceof BadAnswerException ? ExitCode.SERVER : ExitCode.NETWORK;
  }

  private static Explanation localProblem(Throwable thrown) {
    if (thrown instanceof NoSuchFileException e) {
      return new Explanation(
          ExitCode.NOT_FOUND, "there is no " + e.getFile(), Encoding.checkPath(e.getFile()));
    }
    if (thrown instanceof AccessDeniedException e) {
      // Its message is the path alone.
      return new Explanation(
          ExitCode.TARGET,
          "this user may not open or write "
              + e.getFile()
              + (e.getReason() == null ? "" : ": " + e.getReason()),
          "Run the command as a user who may, or choose another place.");
    }
    if (thrown instanceof FileAlreadyExistsException e) {
      return new Explanation(
          ExitCode.TARGET,
          "there is a file " + e.getFile() + " already, and it is not overwritten",
          "Choose another name, or move that file away.");
    }
    if (thrown instanceof FileSystemException e) {
      return of(ExitCode.TARGET, e, "Check the path, its permissions and the room there.");
    }
    if (thrown instanceof IOException && thrown.getCause() instanceof IOException cause) {
      // Wrapped to say where it happened; what to do about it is known of the inner one.
      Explanation inner = explanation(cause);
      return of(inner.code(), thrown, inner.remedy());
    }
    if (thrown instanceof IOException) {
      return of(ExitCode.NETWORK, thrown, TRY_LATER);
    }
    if (thrown instanceof InvalidPathException e) {
      return new Explanation(
          ExitCode.USAGE,
          "'" + e.getInput() + "' cannot be the name of a file in the locale of this process",
          "Run the command with LC_ALL=C.UTF-8, or through bin/qmpbs, which sees to that.");
    }
    return new Explanation(
        ExitCode.INTERNAL,
        "internal error: " + thrown,
        "This is a bug. Run the command again with --debug and report what it prints.");
  }

  private static Explanation of(ExitCode code, Throwable thrown, String remedy) {
    String message = thrown.getMessage();
    return new Explanation(code, message == null ? thrown.toString() : message, remedy);
  }
}
