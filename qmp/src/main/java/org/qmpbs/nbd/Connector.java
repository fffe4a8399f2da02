package org.qmpbs.nbd;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections. The time for connecting and negotiating together is limited: a listener whose
 * backlog is full blocks connect, and a server that is stuck never greets.
 */
final class Connector {
  private Connector() {}

  static Connection open(Path socket, String exportName, List<String> contexts, Duration timeout)
      throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    Deadline deadline = Watchdog.after(timeout, () -> Connection.closeQuietly(channel));
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      WireInput in = new WireInput(channel);
      Export export = new Negotiation(in, channel, exportName).run(contexts);
      if (!deadline.met()) {
        throw late(socket, timeout, null);
      }
      return new Connection(channel, in, export, exportName, timeout);
    } catch (NbdException e) {
      deadline.met();
      channel.close();
      throw e;
    } catch (IOException e) {
      boolean inTime = deadline.met();
      channel.close();
      if (!inTime) {
        throw late(socket, timeout, e);
      }
      throw new NbdConnectionLostException(
          "cannot connect to the NBD server at " + socket + ": " + e.getMessage(), e);
    }
  }

  private static NbdTimeoutException late(
      Path socket, Duration timeout, @Nullable IOException cause) {
    return new NbdTimeoutException(
        "the NBD server at " + socket + " did not serve within " + timeout, cause);
  }
}
