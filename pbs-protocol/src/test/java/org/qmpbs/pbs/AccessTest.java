package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AccessTest {
  private static FakePbs answering(int status, String body) throws Exception {
    return new FakePbs(
        TestCertificate.LOCALHOST,
        (fake, socket) -> {
          while (!fake.readHead(socket).isEmpty()) {
            fake.respond(socket, status, body);
          }
        });
  }

  @Test
  void rightsAreThoseOfTheNamespaceWhetherTheyArePassedOnOrNot() throws Exception {
    String body =
        "{\"data\":{\"/datastore/store1/a/b\":{\"Datastore.Backup\":true,\"Datastore.Prune\":false},"
            + "\"/datastore/store1\":{\"Datastore.Modify\":true}}}";
    try (FakePbs server = answering(200, body);
        PbsServer pbs = Sessions.pinned(server)) {
      assertThat(pbs.access().certificate()).isEmpty();
      assertThat(pbs.access().privileges(new Namespace("a/b")))
          .containsExactly("Datastore.Backup", "Datastore.Prune");
      assertThat(server.heads.get(0))
          .startsWith(
              "GET /api2/json/access/permissions?path=%2Fdatastore%2Fstore1%2Fa%2Fb HTTP/1.1\r\n");
      assertThat(pbs.access().certificate()).contains(TestCertificate.LOCALHOST.fingerprint());
    }
  }

  @Test
  void aPathWithoutRightsIsLeftOutByTheServer() throws Exception {
    try (FakePbs server = answering(200, "{\"data\":{}}");
        PbsServer pbs = Sessions.pinned(server)) {
      assertThat(pbs.access().privileges(Namespace.ROOT)).isEmpty();
    }
    try (FakePbs server = answering(200, "{\"data\":[]}");
        PbsServer pbs = Sessions.pinned(server)) {
      assertThatThrownBy(() -> pbs.access().privileges(Namespace.ROOT))
          .isInstanceOf(BadAnswerException.class);
    }
  }

  @Test
  void aMissingNamespaceIsNotFound() throws Exception {
    try (FakePbs server = answering(400, "ENOENT: No such file or directory");
        PbsServer pbs = Sessions.pinned(server)) {
      assertThatThrownBy(() -> pbs.access().requireNamespace(new Namespace("zz")))
          .isInstanceOfSatisfying(
              PbsException.class,
              e -> {
                assertThat(e.problem()).isEqualTo(ServerProblem.NOT_FOUND);
                assertThat(e.remedy()).contains("namespace create");
              });
      assertThat(server.heads.get(0)).contains("/admin/datastore/store1/groups?ns=zz ");
    }
  }
}
