package org.qmpbs.pbs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import okhttp3.HttpUrl;
import org.qmpbs.pbs.ServerUnreachableException.Stage;

/**
 * Gets a session's connection: TCP, TLS with the certificate checked, then one HTTP/1.1 request
 * that asks to go on in HTTP/2. The secret goes out with that request, thus after the check.
 */
final class SessionConnector {
  /** An operation of 32 KiB that moves nothing for four ping intervals is in a dead connection. */
  private static final int PINGS_PER_STALL = 4;

  private final Repository repository;
  private final Trust trust;
  private final Timeouts timeouts;
  private final Authorization authorization;

  SessionConnector(
      Repository repository, Trust trust, Timeouts timeouts, Authorization authorization) {
    this.repository = repository;
    this.trust = trust;
    this.timeouts = timeouts;
    this.authorization = authorization;
  }

  /**
   * Asks for {@code url} and the protocol.
   *
   * @throws PbsException if the server refuses the session
   * @throws CertificateMismatchException before anything was written
   * @throws ServerUnreachableException if no answer comes within {@link Timeouts#connect}
   */
  UpgradedSocket open(HttpUrl url, String protocol) throws IOException {
    return authorization.authorize(grant -> open(url, protocol, grant));
  }

  private UpgradedSocket open(HttpUrl url, String protocol, Grant grant) throws IOException {
    Socket tcp;
    try {
      tcp = connectTcp(repository, timeouts.connect());
    } catch (IOException e) {
      throw ConnectFailures.explain(repository, e);
    }
    boolean upgraded = false;
    StallGuard deadline = new StallGuard("connect-guard", tcp, timeouts.connect());
    try (deadline) {
      deadline.begin();
      UpgradedSocket socket = upgrade(tcp, requestHead(url, protocol, grant), protocol);
      deadline.end();
      upgraded = true;
      return socket;
    } catch (BadAnswerException e) {
      throw authorization.mask().apply(e);
    } catch (PbsException e) {
      throw e;
    } catch (IOException e) {
      if (deadline.expired()) {
        throw new ServerUnreachableException(
            repository,
            Stage.ANSWER,
            "no answer within " + timeouts.connect().toMillis() + " ms",
            e);
      }
      throw ConnectFailures.explain(repository, e);
    } finally {
      if (!upgraded) {
        tcp.close();
      }
    }
  }

  private static Socket connectTcp(Repository repository, Duration limit) throws IOException {
    InetAddress[] addresses = InetAddress.getAllByName(repository.host());
    IOException failure = new UnknownHostException(repository.host());
    long start = System.nanoTime();
    for (int i = 0; i < addresses.length; i++) {
      long leftMillis = limit.minusNanos(System.nanoTime() - start).toMillis();
      long share = leftMillis / (addresses.length - i);
      if (share < 1) {
        throw new SocketTimeoutException("connect timed out");
      }
      Socket tcp = new Socket(Proxy.NO_PROXY);
      try {
        tcp.setTcpNoDelay(true);
        tcp.setKeepAlive(true);
        tcp.connect(
            new InetSocketAddress(addresses[i], repository.port()),
            (int) Math.min(share, Integer.MAX_VALUE));
        return tcp;
      } catch (IOException e) {
        tcp.close();
        failure = e;
      }
    }
    throw failure;
  }

  private UpgradedSocket upgrade(Socket tcp, byte[] request, String protocol) throws IOException {
    SSLSocket tls = trust.sockets().createSocket(tcp, repository.host(), repository.port(), true);
    tls.startHandshake();
    tls.getOutputStream().write(request);
    tls.getOutputStream().flush();
    HttpHead head = HttpHead.read(tls.getInputStream());
    if (head.status() != 101) {
      String text = authorization.mask().apply(HttpErrorText.read(head, tls.getInputStream()));
      throw Refusals.refused("session", head.status(), text);
    }
    if (!head.field("upgrade").filter(protocol::equalsIgnoreCase).isPresent()) {
      throw new BadAnswerException(
          "the upgrade request",
          "expected the protocol " + protocol + ", found " + head.field("upgrade").orElse("none"));
    }
    return new UpgradedSocket(tcp, tls, timeouts.ping().multipliedBy(PINGS_PER_STALL));
  }

  private byte[] requestHead(HttpUrl url, String protocol, Grant grant) {
    StringBuilder head = new StringBuilder();
    head.append("GET ").append(url.encodedPath()).append('?').append(url.encodedQuery());
    head.append(" HTTP/1.1\r\nHost: ").append(repository.endpoint());
    grant.fields(false).forEach((name, value) -> head.append("\r\n" + name + ": " + value));
    head.append("\r\nUser-Agent: qmpbs\r\nConnection: upgrade\r\nUpgrade: ").append(protocol);
    return head.append("\r\n\r\n").toString().getBytes(StandardCharsets.US_ASCII);
  }
}
