package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PasswordLoginTest {
  private static final String FIRST = "PBS:me@pbs:1::SIGN+/=";
  private static final String SECOND = "PBS:me@pbs:2::SIGN+/=";
  private static final int THREADS = 8;

  /** A clock that goes when it is told to. */
  private static final class Hand extends Clock {
    private volatile Instant now = Instant.parse("2026-11-21T09:00:00Z");

    void advance(Duration step) {
      now = now.plus(step);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private final Hand clock = new Hand();

  @Test
  void nothingIsSentBeforeTheFirstCallAndOneLoginServesThemAll() throws Exception {
    try (TicketServer server = new TicketServer();
        PbsServer pbs = server.client(clock)) {
      assertThat(server.logins).isEmpty();
      assertThat(pbs.version()).isEqualTo("4.1");
      assertThat(pbs.version()).isEqualTo("4.1");
      pbs.startBackup(Namespace.ROOT, Sessions.SNAPSHOT, Protection.NONE).close();
      assertThat(server.logins).containsExactly(TicketServer.PASSWORD);
      assertThat(server.requests)
          .allSatisfy(
              head -> {
                assertThat(head)
                    .contains(
                        "\r\nCookie: PBSAuthCookie=PBS%3Ame%40pbs%3A1%3A%3ASIGN%2B%2F%3D\r\n");
                assertThat(head).doesNotContain("Authorization");
              });
    }
  }

  @Test
  void theHttpOnlyCookieOpensSessionsAndIsRenewed() throws Exception {
    try (TicketServer server = new TicketServer();
        PbsServer pbs = server.client(clock)) {
      server.httpOnly = true;
      pbs.startBackup(Namespace.ROOT, Sessions.SNAPSHOT, Protection.NONE).close();
      assertThat(TicketServer.field(server.requests.get(0), "Cookie"))
          .isEqualTo("__Host-PBSAuthCookie=" + FIRST);
      clock.advance(TicketAuthorization.RENEWAL);
      pbs.version();
      assertThat(server.logins).containsExactly(TicketServer.PASSWORD, FIRST);
    }
  }

  @Test
  void onlyWritesCarryTheTokenAgainstForgedRequests() throws Exception {
    try (TicketServer server = new TicketServer();
        PbsServer pbs = server.client(clock)) {
      pbs.version();
      pbs.forget(Namespace.ROOT, Sessions.SNAPSHOT);
      assertThat(TicketServer.field(server.requests.get(0), "CSRFPreventionToken")).isEmpty();
      assertThat(TicketServer.field(server.requests.get(1), "CSRFPreventionToken"))
          .isEqualTo(TicketServer.CSRF);
    }
  }

  @Test
  void anOldTicketBuysTheNextOneWithoutThePassword() throws Exception {
    try (TicketServer server = new TicketServer();
        PbsServer pbs = server.client(clock)) {
      pbs.version();
      clock.advance(TicketAuthorization.RENEWAL.minusSeconds(1));
      pbs.version();
      assertThat(server.logins).hasSize(1);
      clock.advance(Duration.ofSeconds(1));
      server.password = "changed meanwhile";
      pbs.version();
      assertThat(server.logins).containsExactly(TicketServer.PASSWORD, FIRST);
      assertThat(server.requests.get(2)).contains(PercentEncoding.encode(SECOND));
    }
  }

  @Test
  void whatTheServerNoLongerTakesAsATicketThePasswordReplaces() throws Exception {
    try (TicketServer server = new TicketServer();
        PbsServer pbs = server.client(clock)) {
      pbs.version();
      server.alive.clear();
      clock.advance(TicketAuthorization.RENEWAL);
      pbs.version();
      assertThat(server.logins)
          .containsExactly(TicketServer.PASSWORD, FIRST, TicketServer.PASSWORD);
    }
  }

  @Test
  void aDeadTicketIsNotEvenTried() throws Exception {
    try (TicketServer server = new TicketServer();
        PbsServer pbs = server.client(clock)) {
      pbs.version();
      clock.advance(TicketAuthorization.LIFETIME);
      pbs.version();
      assertThat(server.logins).containsExactly(TicketServer.PASSWORD, TicketServer.PASSWORD);
    }
  }

  @Test
  void aTicketThatDiesEarlyIsReplacedOnceAndTheCallRepeated() throws Exception {
    try (TicketServer server = new TicketServer();
        PbsServer pbs = server.client(clock)) {
      pbs.version();
      server.alive.clear();
      assertThat(pbs.version()).isEqualTo("4.1");
      server.alive.clear();
      pbs.startBackup(Namespace.ROOT, Sessions.SNAPSHOT, Protection.NONE).close();
      assertThat(server.logins).hasSize(3).containsOnly(TicketServer.PASSWORD);
    }
  }

  @Test
  void aServerThatTakesNoTicketOfItsOwnIsNotAskedInALoop() throws Exception {
    try (TicketServer server = new TicketServer();
        PbsServer pbs = server.client(clock)) {
      pbs.version();
      server.alive.clear();
      server.password = "changed";
      assertThatThrownBy(pbs::version)
          .isInstanceOfSatisfying(
              PbsException.class,
              e -> {
                assertThat(e.problem()).isEqualTo(ServerProblem.LOGIN);
                assertThat(e.remedy()).contains("realm", "password");
                assertThat(e.getSuppressed()).hasSize(1);
              });
      assertThat(server.logins).hasSize(2);
      assertThat(server.requests).hasSize(2);
    }
  }

  @Test
  void aWrongPasswordIsTriedOnceForAllCallsThatWaitForIt() throws Exception {
    try (TicketServer server = new TicketServer();
        PbsServer pbs = server.client(clock)) {
      server.password = "another";
      for (Future<String> call : together(server, pbs)) {
        assertThatThrownBy(call::get)
            .isInstanceOf(ExecutionException.class)
            .cause()
            .isInstanceOfSatisfying(
                PbsException.class, e -> assertThat(e.problem()).isEqualTo(ServerProblem.LOGIN));
      }
      assertThat(server.logins).hasSize(1);
    }
  }

  @Test
  void callsThatComeTogetherShareOneLogin() throws Exception {
    try (TicketServer server = new TicketServer();
        PbsServer pbs = server.client(clock)) {
      for (Future<String> call : together(server, pbs)) {
        assertThat(call.get()).isEqualTo("4.1");
      }
      assertThat(server.logins).hasSize(1);
    }
  }

  /** Calls that all wait when the one login is answered. */
  private static List<Future<String>> together(TicketServer server, PbsServer pbs)
      throws InterruptedException {
    server.loginGate = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    List<Thread> callers = new ArrayList<>();
    List<Future<String>> calls = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      calls.add(
          threads.submit(
              () -> {
                synchronized (callers) {
                  callers.add(Thread.currentThread());
                }
                return pbs.version();
              }));
    }
    while (!allWait(callers)) {
      Thread.sleep(5);
    }
    server.loginGate.countDown();
    threads.shutdown();
    return calls;
  }

  /** One waits for the server, the others for that one. */
  private static boolean allWait(List<Thread> callers) {
    synchronized (callers) {
      return callers.size() == THREADS
          && callers.stream().filter(t -> t.getState() == Thread.State.WAITING).count()
              == THREADS - 1;
    }
  }

  @Test
  void whileATicketIsRenewedOthersGoOnWithTheOldOne() throws Exception {
    try (TicketServer server = new TicketServer();
        PbsServer pbs = server.client(clock)) {
      pbs.version();
      server.loginGate = new CountDownLatch(1);
      clock.advance(TicketAuthorization.RENEWAL);
      ExecutorService other = Executors.newSingleThreadExecutor();
      Future<String> renewing = other.submit(pbs::version);
      while (server.seenLogins() < 2) {
        Thread.sleep(5);
      }
      assertThat(pbs.version()).isEqualTo("4.1");
      assertThat(renewing.isDone()).isFalse();
      server.loginGate.countDown();
      assertThat(renewing.get()).isEqualTo("4.1");
      other.shutdown();
    }
  }

  @Test
  void aClosedServerMakesNoMoreCallsAndHasForgottenItsSecrets() throws Exception {
    try (TicketServer server = new TicketServer()) {
      PbsServer pbs = server.client(clock);
      pbs.version();
      pbs.close();
      assertThatThrownBy(pbs::version).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> pbs.startBackup(Namespace.ROOT, Sessions.SNAPSHOT, Protection.NONE))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
