package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused is refused before the machine is touched, with a reason and a remedy. */
class RefusalTest {
  private static final int MIB = 1 << 20;
  private static final String SECRET = "00000000-dead-beef-0000-000000000000";

  @TempDir static Path serverFolder;
  private static TestServer server;

  @TempDir Path folder;
  private QemuMachine machine;

  @BeforeAll
  static void startServer() {
    server = TestServer.start(serverFolder);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void startMachine() {
    machine =
        QemuMachine.in(folder).disk(DiskPlan.of("alpha", ImageFormat.QCOW2, 16 * MIB)).start();
    machine.disk("alpha").write(0, MIB);
  }

  @AfterEach
  void stopMachine() {
    machine.close();
  }

  @Test
  void aServerWithAnotherCertificateGetsNothing() {
    String other = server.environment().get("PBS_FINGERPRINT").replaceFirst("^..", "00");
    assertRefused(server.qmpbs(folder).with("PBS_FINGERPRINT", other), 4);
  }

  @Test
  void aWrongTokenIsRefusedAndNotShown() {
    Outcome outcome = assertRefused(server.qmpbs(folder).with("PBS_PASSWORD", SECRET), 4);
    assertThat(outcome.toString()).doesNotContain(SECRET);
  }

  @Test
  void aServerThatIsNotThereIsANetworkProblem() {
    String nobody = "nobody@pbs!t@127.0.0.1:1:store";
    assertRefused(
        server.qmpbs(folder).with("PBS_REPOSITORY", nobody), new String[] {"--retry", "0"}, 7);
  }

  @Test
  void aDatastoreThatDoesNotExistIsNamed() {
    String repository = server.environment().get("PBS_REPOSITORY");
    String elsewhere = repository.substring(0, repository.lastIndexOf(':')) + ":no-such-store";
    Outcome outcome =
        assertRefused(server.qmpbs(folder).with("PBS_REPOSITORY", elsewhere), 3, 4, 6);
    assertThat(outcome.err() + outcome.out()).contains("no-such-store");
  }

  @Test
  void aDiskThatTheMachineDoesNotHaveIsNamed() {
    Outcome outcome = assertRefused(server.qmpbs(folder), new String[] {"--disk", "gamma"}, 2, 3);
    assertThat(outcome.err() + outcome.out()).contains("gamma");
  }

  private Outcome assertRefused(Qmpbs qmpbs, int... exitCodes) {
    return assertRefused(qmpbs, new String[0], exitCodes);
  }

  private Outcome assertRefused(Qmpbs qmpbs, String[] more, int... exitCodes) {
    Path scratch = folder.resolve("scratch");
    String[] arguments = {
      "backup",
      "--qmp",
      machine.qmpSocket().toString(),
      "--backup-id",
      "refused",
      "--scratch",
      scratch.toString(),
      "--output-format",
      "json"
    };
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    Outcome outcome = qmpbs.run(all);
    assertThat(exitCodes).as("exit code of %s", outcome).contains(outcome.exitCode());
    assertThat(outcome.summary().get("success").asBoolean()).isFalse();
    for (String part : new String[] {"cause", "consequence", "remedy"}) {
      assertThat(outcome.summary().path("error").path(part).asText())
          .as("%s in %s", part, outcome)
          .isNotBlank();
    }
    Debris.assertNoneIn(machine, scratch, 0);
    return outcome;
  }
}
