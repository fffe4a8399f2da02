package org.qmpbs.pbs;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.qmpbs.pbs.ServerUnreachableException.Stage;

/**
 * Sorts what goes wrong before a server's answer: wrong certificate, no TLS, nobody there. The
 * order matters, because the TLS library wraps the first and the last into its own exceptions.
 */
final class ConnectFailures {
  /** Deeper chains of causes do not occur; a cyclic one must not hang us. */
  private static final int MAX_CAUSES = 16;

  private ConnectFailures() {}

  static IOException explain(Repository repository, IOException failure) {
    CertificateRefused refused = cause(failure, CertificateRefused.class);
    if (refused != null) {
      CertificateMismatchException mismatch = refused.explain(repository);
      mismatch.initCause(failure);
      return mismatch;
    }
    UnknownHostException unknown = cause(failure, UnknownHostException.class);
    if (unknown != null) {
      return new ServerUnreachableException(repository, Stage.NAME, "no such host", failure);
    }
    SocketException socket = cause(failure, SocketException.class);
    if (socket != null) {
      return new ServerUnreachableException(
          repository, stage(socket), String.valueOf(socket.getMessage()), failure);
    }
    if (failure instanceof SocketTimeoutException) {
      return new ServerUnreachableException(repository, Stage.ANSWER, "no answer in time", failure);
    }
    // Before TLS: a server that goes down in the handshake is a server, and comes back.
    if (cause(failure, EOFException.class) != null) {
      return new ServerUnreachableException(
          repository, Stage.ANSWER, "it closed the connection without an answer", failure);
    }
    if (failure instanceof SSLException) {
      return new TlsFailedException(repository, failure);
    }
    return failure;
  }

  private static Stage stage(SocketException failure) {
    boolean never =
        failure instanceof ConnectException
            || failure instanceof NoRouteToHostException
            || failure instanceof PortUnreachableException;
    return never ? Stage.CONNECT : Stage.ANSWER;
  }

  /** The deepest cause of that type: the outer ones are wrappings that know less. */
  private static <T extends Throwable> @Nullable T cause(Throwable failure, Class<T> type) {
    @Nullable T deepest = null;
    @Nullable Throwable current = failure;
    for (int depth = 0; current != null && depth < MAX_CAUSES; depth++) {
      if (type.isInstance(current)) {
        deepest = type.cast(current);
      }
      current = current.getCause();
    }
    return deepest;
  }
}
