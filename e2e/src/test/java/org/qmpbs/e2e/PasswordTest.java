package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qmpbs.e2e.server.EmbeddedServer;
import org.qmpbs.e2e.server.EmbeddedServerBuilder;
import org.qmpbs.e2e.server.ManualClock;
import org.qmpbs.e2e.server.Privilege;
import org.qmpbs.e2e.server.TicketStyle;
import org.qmpbs.pbs.Fingerprint;
import org.qmpbs.pbs.Login;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.Protection;
import org.qmpbs.pbs.Repository;
import org.qmpbs.pbs.Secret;
import org.qmpbs.pbs.ServerProblem;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.Timeouts;

/** Logs in to the embedded server as people and programs do. */
@Timeout(120)
class PasswordTest {
  private static final String PASSWORD = "pass \"wörd\"";
  private static final Timeouts TIMEOUTS =
      new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(10));

  @TempDir private Path folder;
  private final ManualClock clock =
      new ManualClock(Instant.parse("2026-11-21T09:00:00Z").getEpochSecond());
  private EmbeddedServerBuilder builder;
  private EmbeddedServer server;

  @BeforeEach
  void users() {
    builder =
        EmbeddedServer.builder(folder)
            .datastore("store1", folder.resolve("store1"))
            .clock(clock)
            .user("me@pbs", PASSWORD)
            .user("two@pbs", PASSWORD)
            .secondFactor("two@pbs")
            .token("me@pbs!job", "secret", Privilege.BACKUP)
            .rights("me@pbs!job", "/datastore/store1/closed");
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private Outcome run(String user, String secret, String... arguments) {
    return new InProcess(
            Map.of(
                "PBS_REPOSITORY",
                server.repository(user, "store1"),
                "PBS_FINGERPRINT",
                server.fingerprint(),
                "PBS_PASSWORD",
                secret),
            TIMEOUTS)
        .run(arguments);
  }

  @ParameterizedTest
  @EnumSource(TicketStyle.class)
  void aPasswordIsGoodForEveryServer(TicketStyle style) throws IOException {
    server = builder.tickets(style).start();
    Outcome check = run("me@pbs", PASSWORD, "login", "check");
    assertThat(check.exitCode()).as("%s", check).isZero();
    assertThat(check.out()).contains("me@pbs (password, with a ticket)", server.fingerprint());
    assertThat(run("me@pbs", PASSWORD, "snapshots").exitCode()).isZero();
    assertThat(run("me@pbs", "wrong-one", "snapshots").exitCode()).isEqualTo(4);
  }

  @Test
  void aSecondFactorIsExplained() throws IOException {
    server = builder.start();
    Outcome outcome = run("two@pbs", PASSWORD, "login", "check");
    assertThat(outcome.exitCode()).isEqualTo(4);
    assertThat(outcome.err()).contains("second factor", "generate-token two@pbs qmpbs");
  }

  @Test
  void rightsAreThoseThatTheServerGoesBy() throws IOException {
    server = builder.start();
    assertThat(run("me@pbs!job", "secret", "login", "check").exitCode()).isZero();
    Outcome closed = run("me@pbs!job", "secret", "login", "check", "--ns", "closed");
    assertThat(closed.exitCode()).isEqualTo(4);
    assertThat(closed.out()).contains("acl update /datastore/store1/closed DatastoreBackup");
    assertThat(run("me@pbs!job", "secret", "login", "check", "--ns", "missing").exitCode())
        .isEqualTo(3);
  }

  @Test
  void aTicketThatRanOutAtTheServerIsReplacedForReadsAndWrites() throws IOException {
    server = builder.start();
    Login login =
        new Login(
            Repository.parse(server.repository("me@pbs", "store1")),
            new Secret(PASSWORD),
            List.of(Fingerprint.parse(server.fingerprint())));
    try (PbsServer pbs = PbsServer.open(login, TIMEOUTS)) {
      assertThat(pbs.snapshots(Namespace.ROOT, Optional.empty())).isEmpty();
      clock.advance(Duration.ofHours(3));
      assertThat(pbs.snapshots(Namespace.ROOT, Optional.empty())).isEmpty();
      clock.advance(Duration.ofHours(3));
      // Not 401: the ticket is new, and the token for writes is the one that came with it.
      assertThatThrownBy(
              () -> pbs.forget(Namespace.ROOT, Snapshot.parse("vm/100/2026-11-21T09:00:00Z")))
          .isInstanceOfSatisfying(
              PbsException.class, e -> assertThat(e.problem()).isEqualTo(ServerProblem.NOT_FOUND));
      clock.advance(Duration.ofHours(3));
      pbs.startBackup(
              Namespace.ROOT, Snapshot.parse("vm/100/2026-11-21T19:00:00Z"), Protection.NONE)
          .close();
      assertThat(server.calls()).filteredOn(call -> call.contains("access/ticket")).hasSize(4);
    }
  }
}
