package org.qmpbs.client.cli;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.key.Passphrases;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.task.TaskFailedException;
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

/** Failures of the server, the way to it, and the keys for what it has. */
final class ServerFailures {
  private ServerFailures() {}

  static @Nullable Explanation of(Throwable thrown) {
    if (thrown instanceof HasRemedy e) {
      return Explanation.of(serverCode(thrown), thrown, e.remedy());
    }
    if (thrown instanceof SSLException) {
      return Explanation.of(
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
      return Explanation.of(ExitCode.NETWORK, thrown, Failures.TRY_LATER);
    }
    return null;
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
}
