package org.qmpbs.pbs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;

/** A server for users with passwords. Its answers have the shape of the recorded ones. */
final class TicketServer implements AutoCloseable {
  static final String USER = "me@pbs";
  static final String PASSWORD = "pass \"wörd\\\u0007";
  static final String CSRF = "6B015B76:TOKEN+/";

  private final FakePbs fake;
  private final AtomicInteger tickets = new AtomicInteger();
  private final AtomicInteger seen = new AtomicInteger();

  /** Tickets that are still taken; remove one to revoke it. */
  final Set<String> alive = ConcurrentHashMap.newKeySet();

  /** Passwords of all logins, in order. */
  final List<String> logins = new CopyOnWriteArrayList<>();

  /** Heads of all other requests, in order. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  /** The password that is right; tickets are always taken. */
  volatile String password = PASSWORD;

  /** Whether tickets come as a cookie that only servers read. */
  volatile boolean httpOnly;

  /** Logins wait for it. */
  volatile CountDownLatch loginGate = new CountDownLatch(0);

  TicketServer() throws IOException, GeneralSecurityException {
    fake = new FakePbs(TestCertificate.LOCALHOST, (server, socket) -> serve(socket));
  }

  private void serve(SSLSocket socket) throws Exception {
    while (true) {
      String head = fake.readHead(socket);
      if (head.isEmpty()) {
        return;
      }
      String body = readBody(head, socket);
      if (head.startsWith("POST /api2/json/access/ticket ")) {
        seen.incrementAndGet();
        loginGate.await();
        logIn(socket, Answers.MAPPER.readTree(body).path("password").asText());
      } else {
        answer(socket, head);
      }
    }
  }

  private static String readBody(String head, SSLSocket socket) throws IOException {
    String length = head.replaceFirst("(?is).*\r\ncontent-length: ([0-9]+)\r\n.*", "$1");
    byte[] body = socket.getInputStream().readNBytes(length.equals(head) ? 0 : intOf(length));
    return new String(body, StandardCharsets.UTF_8);
  }

  private static int intOf(String digits) {
    return Integer.parseInt(digits);
  }

  private void logIn(SSLSocket socket, String given) throws IOException {
    logins.add(given);
    if (!given.equals(password) && !alive.contains(given)) {
      fake.respond(socket, 401, "permission check failed.");
      return;
    }
    String ticket = "PBS:" + USER + ":" + tickets.incrementAndGet() + "::SIGN+/=";
    alive.add(ticket);
    String csrf = "{\"data\":{\"CSRFPreventionToken\":\"" + CSRF + "\",";
    if (httpOnly) {
      String cookie = "__Host-PBSAuthCookie=" + ticket + "; Expires=x; Secure; HttpOnly; Path=/;";
      String body = csrf + "\"ticket-info\":\"PBS:me@pbs:1\",\"username\":\"me@pbs\"}}";
      fake.respond(socket, 200, body, "Set-Cookie: other=1; Path=/", "Set-Cookie: " + cookie);
    } else {
      fake.respond(socket, 200, csrf + "\"ticket\":\"" + ticket + "\",\"username\":\"me@pbs\"}}");
    }
  }

  private void answer(SSLSocket socket, String head) throws Exception {
    requests.add(head);
    String cookie = field(head, "Cookie");
    boolean known =
        alive.stream()
            .anyMatch(
                ticket ->
                    cookie.equals("PBSAuthCookie=" + PercentEncoding.encode(ticket))
                        || cookie.equals("__Host-PBSAuthCookie=" + ticket));
    if (!known) {
      fake.respond(socket, 401, "authentication failed - invalid ticket");
    } else if (!head.startsWith("GET ") && !field(head, "CSRFPreventionToken").equals(CSRF)) {
      fake.respond(socket, 401, "authentication failed - missing CSRF prevention token");
    } else if (head.contains("Upgrade: ")) {
      H2Peer peer = fake.switchProtocols(socket, head);
      peer.answer(peer.next(), 200, Sessions.NULL);
      Sessions.drain(socket);
    } else {
      fake.respond(socket, 200, "{\"data\":{\"version\":\"4.1\"}}");
    }
  }

  /** The value of a request's field, or nothing. */
  static String field(String head, String name) {
    String value = head.replaceFirst("(?s).*\r\n" + name + ": ([^\r]*)\r\n.*", "$1");
    return value.equals(head) ? "" : value;
  }

  /** Logins that have arrived, answered or not. */
  int seenLogins() {
    return seen.get();
  }

  /** A user's client, whose tickets are as old as {@code clock} says. */
  PbsServer client(Clock clock) throws GeneralSecurityException {
    Repository at = fake.repository();
    Login login =
        new Login(
            new Repository(USER, at.host(), at.port(), at.datastore()),
            new Secret(PASSWORD),
            List.of(TestCertificate.LOCALHOST.fingerprint()));
    return new HttpPbsServer(login, Trust.of(login.pins()), FakePbs.TIMEOUTS, clock);
  }

  PbsServer client() throws GeneralSecurityException {
    return client(Clock.systemUTC());
  }

  @Override
  public void close() throws IOException {
    fake.close();
  }
}
