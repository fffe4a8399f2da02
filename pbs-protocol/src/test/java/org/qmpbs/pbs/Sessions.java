package org.qmpbs.pbs;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.function.Function;
import javax.net.ssl.SSLSocket;

/** Scripts that many tests of sessions share. */
final class Sessions {
  static final String NULL = "{\"data\":null}";
  static final Snapshot SNAPSHOT = Golden.PLAIN;

  private Sessions() {}

  /** What to do once the session's own first call has been answered. */
  interface Rest {
    void run(H2Peer peer) throws Exception;
  }

  /** A server whose backup sessions have no previous snapshot. */
  static FakePbs backupServer(Rest rest) throws IOException, GeneralSecurityException {
    return new FakePbs(
        TestCertificate.LOCALHOST,
        (server, socket) -> {
          H2Peer peer = server.upgrade(socket);
          peer.answer(peer.next(), 200, NULL);
          rest.run(peer);
        });
  }

  /** A server that answers every call of a session with the bytes that {@code answers} gives. */
  static FakePbs answering(Function<H2Peer.Call, byte[]> answers)
      throws IOException, GeneralSecurityException {
    return new FakePbs(
        TestCertificate.LOCALHOST,
        (server, socket) -> {
          H2Peer peer = server.upgrade(socket);
          while (true) {
            H2Peer.Call call = peer.next();
            byte[] answer = answers.apply(call);
            if (answer.length == 0) {
              peer.answer(call, 404, "open file failed - not found");
            } else {
              peer.answer(call, 200, answer);
            }
          }
        });
  }

  static PbsServer pinned(FakePbs server) throws IOException, GeneralSecurityException {
    return pinned(server, FakePbs.TIMEOUTS);
  }

  static PbsServer pinned(FakePbs server, Timeouts timeouts)
      throws IOException, GeneralSecurityException {
    return server.client(timeouts, TestCertificate.LOCALHOST.fingerprint());
  }

  static BackupSession backup(FakePbs server) throws IOException, GeneralSecurityException {
    return pinned(server).startBackup(Namespace.ROOT, SNAPSHOT, Protection.NONE);
  }

  static BackupSession backup(FakePbs server, Timeouts timeouts)
      throws IOException, GeneralSecurityException {
    return pinned(server, timeouts).startBackup(Namespace.ROOT, SNAPSHOT, Protection.NONE);
  }

  /** Blocks until the client closes the connection. */
  static void drain(SSLSocket socket) throws IOException {
    while (socket.getInputStream().read() >= 0) {
      // Whatever comes is of no interest.
    }
  }
}
