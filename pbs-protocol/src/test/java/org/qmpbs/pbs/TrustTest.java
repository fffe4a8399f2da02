package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TrustTest {
  private static final String VERSION =
      "{\"data\":{\"release\":\"1\",\"repoid\":\"local\",\"version\":\"4.1\"}}";

  /** Answers REST calls, and keeps every byte that it could decrypt. */
  private static FakePbs server(TestCertificate certificate) throws Exception {
    return new FakePbs(
        certificate,
        (fake, socket) -> {
          while (!fake.readHead(socket).isEmpty()) {
            fake.respond(socket, 200, VERSION);
          }
        });
  }

  private interface Use {
    void of(PbsServer pbs) throws IOException;
  }

  private static final List<Use> EVERY_PATH =
      List.of(
          PbsServer::version,
          pbs -> pbs.startBackup(Namespace.ROOT, Sessions.SNAPSHOT, Protection.NONE),
          pbs -> pbs.startReader(Namespace.ROOT, Sessions.SNAPSHOT, ReadKey.NONE));

  @Test
  void aWrongPinStopsEveryPathBeforeAnythingIsSent() throws Exception {
    Fingerprint shown = TestCertificate.LOCALHOST.fingerprint();
    Fingerprint pin = TestCertificate.OTHER.fingerprint();
    for (Use use : EVERY_PATH) {
      try (FakePbs server = server(TestCertificate.LOCALHOST);
          PbsServer pbs = server.client(FakePbs.TIMEOUTS, pin)) {
        assertThatThrownBy(() -> use.of(pbs))
            .isInstanceOfSatisfying(
                CertificateMismatchException.class,
                e -> {
                  assertThat(e.shown()).isEqualTo(shown);
                  assertThat(e.expected()).containsExactly(pin);
                  assertThat(e)
                      .hasMessageContaining(shown.toString())
                      .hasMessageContaining(pin.toString());
                  assertThat(e).hasMessageContaining("expected " + pin + ", found " + shown);
                  assertThat(e.remedy())
                      .contains("proxmox-backup-manager cert info", "PBS_FINGERPRINT", "renewed");
                });
        assertThat(server.connections()).isEqualTo(1);
        assertThat(server.heads).isEmpty();
      }
    }
  }

  @Test
  void withoutAPinAnUnknownAuthorityStopsEveryPathBeforeAnythingIsSent() throws Exception {
    Fingerprint shown = TestCertificate.LOCALHOST.fingerprint();
    for (Use use : EVERY_PATH) {
      try (FakePbs server = server(TestCertificate.LOCALHOST);
          PbsServer pbs = server.client(FakePbs.TIMEOUTS)) {
        assertThatThrownBy(() -> use.of(pbs))
            .isInstanceOfSatisfying(
                CertificateMismatchException.class,
                e -> {
                  assertThat(e.expected()).isEmpty();
                  assertThat(e.shown()).isEqualTo(shown);
                  assertThat(e).hasMessageContaining("authorities do not vouch for");
                  assertThat(e.remedy()).contains("PBS_FINGERPRINT=" + shown);
                });
        assertThat(server.heads).isEmpty();
      }
    }
  }

  @Test
  void aPinHoldsWhateverNameTheCertificateHas() throws Exception {
    // The certificate is for "localhost", the repository says 127.0.0.1.
    try (FakePbs server = server(TestCertificate.LOCALHOST);
        PbsServer pbs = server.client(FakePbs.TIMEOUTS, TestCertificate.LOCALHOST.fingerprint())) {
      assertThat(pbs.version()).isEqualTo("4.1");
    }
  }

  @Test
  void eitherOfTwoPinsIsGoodEnough() throws Exception {
    Fingerprint[] pins = {
      TestCertificate.OTHER.fingerprint(), TestCertificate.LOCALHOST.fingerprint()
    };
    for (TestCertificate certificate : List.of(TestCertificate.LOCALHOST, TestCertificate.OTHER)) {
      try (FakePbs server = server(certificate);
          PbsServer pbs = server.client(FakePbs.TIMEOUTS, pins)) {
        assertThat(pbs.version()).isEqualTo("4.1");
      }
    }
  }

  private static PbsServer trusting(FakePbs server, TestCertificate certificate, String host)
      throws Exception {
    Repository repository = server.repository();
    Login login =
        new Login(
            new Repository(FakePbs.TOKEN, host, repository.port(), "store1"),
            new Secret(FakePbs.SECRET),
            List.of());
    return new HttpPbsServer(
        login, Trust.authorities(certificate.asAuthority()), FakePbs.TIMEOUTS, Clock.systemUTC());
  }

  @Test
  void withAKnownAuthorityTheHostNameHasToBeRightOnEveryPath() throws Exception {
    for (Use use : EVERY_PATH) {
      try (FakePbs server = server(TestCertificate.LOCALHOST);
          PbsServer pbs = trusting(server, TestCertificate.LOCALHOST, "127.0.0.1")) {
        assertThatThrownBy(() -> use.of(pbs))
            .isInstanceOf(CertificateMismatchException.class)
            .hasMessageContaining("127.0.0.1");
        assertThat(server.heads).isEmpty();
      }
    }
  }

  @Test
  void anExpiredCertificateIsCalledThatWithItsDate() throws Exception {
    TestCertificate expired = TestCertificate.expiredOfAnAuthority();
    try (FakePbs server = server(expired);
        PbsServer pbs = trusting(server, expired, "localhost")) {
      assertThatThrownBy(pbs::version)
          .isInstanceOf(CertificateMismatchException.class)
          .hasMessageContaining(
              "which expired at " + expired.certificate().getNotAfter().toInstant())
          .hasMessageContaining(expired.fingerprint().toString());
      assertThat(server.heads).isEmpty();
    }
  }

  @Test
  void aKnownAuthorityAndTheRightHostNameAreEnough() throws Exception {
    try (FakePbs server = server(TestCertificate.LOCALHOST);
        PbsServer pbs = trusting(server, TestCertificate.LOCALHOST, "localhost")) {
      assertThat(pbs.version()).isEqualTo("4.1");
      assertThatThrownBy(() -> pbs.startBackup(Namespace.ROOT, Sessions.SNAPSHOT, Protection.NONE))
          .isInstanceOf(PbsException.class);
    }
  }
}
