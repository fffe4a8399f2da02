package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Freezing with Debian's agent in a Linux guest: the backup gains by it, and nothing stays frozen.
 */
class FreezeTest {
  private static final int MIB = 1 << 20;
  private static final DiskPlan DATA = DiskPlan.of("data", ImageFormat.RAW, 64 * MIB);

  @TempDir static Path serverFolder;
  private static TestServer server;

  @TempDir Path folder;

  @BeforeAll
  static void startServer() {
    server = TestServer.start(serverFolder);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  private QemuMachine startGuest() {
    GuestFileSystem.make(folder, "data", DATA.size());
    QemuMachine machine = QemuMachine.in(folder).linux().agent().disk(DATA).start();
    GuestFileSystem.start(machine.console());
    return machine;
  }

  private Path restore(Stage stage, Outcome outcome) {
    Path target = folder.resolve("restored.raw");
    stage
        .qmpbs()
        .run("restore", "--force", outcome.snapshot(), DATA.archive(), target.toString())
        .assertDone();
    return target;
  }

  @Test
  void aFrozenFileSystemNeedsNoRecoveryAndOneThatIsNotDoes() {
    try (QemuMachine machine = startGuest()) {
      Stage stage = new Stage(folder, server);
      Outcome without = stage.backup(machine);
      assertThat(without.summary().at("/freeze/mode").asText()).isEqualTo("off");
      assertThat(GuestFileSystem.needsRecovery(restore(stage, without))).isTrue();

      String agent = machine.agentSocket().toString();
      for (int round = 0; round < 3; round++) {
        GuestFileSystem.awaitWrites(machine.console());
        Outcome frozen = stage.backup(machine, "--agent-socket", agent, "--freeze", "require");
        JsonNode freeze = frozen.summary().get("freeze");
        System.out.println("frozen in a Linux guest: " + freeze);
        assertThat(freeze.get("frozen").asBoolean()).isTrue();
        assertThat(freeze.get("file_systems").asInt()).isEqualTo(1);
        assertThat(freeze.get("duration_seconds").asDouble()).isBetween(0.001, 10.0);
        Path image = restore(stage, frozen);
        assertThat(GuestFileSystem.needsRecovery(image)).isFalse();
        GuestFileSystem.assertClean(image);
      }
      GuestFileSystem.awaitWrites(machine.console());
      GuestFileSystem.assertHealthy(machine.console());
    }
  }

  @Test
  void aKilledClientIsFollowedByItsGuardAndBothByRecover() {
    try (QemuMachine machine = startGuest();
        AgentGate gate = new AgentGate(folder, machine.agentSocket())) {
      Stage stage = new Stage(folder, server);
      stage.backup(machine, "--agent-socket", gate.socket(), "--freeze", "require");

      gate.holdThaw();
      RunningQmpbs first =
          stage
              .startBackup(machine, "--agent-socket", gate.socket())
              .until("the freeze", gate::thawIsHeld);
      assertThat(GuestFileSystem.isFrozen(machine.console())).isTrue();
      first.kill();
      gate.letThaw();
      GuestFileSystem.awaitWrites(machine.console());

      gate.holdThaw();
      RunningQmpbs second =
          stage
              .startBackup(machine, "--agent-socket", gate.socket())
              .until("the freeze", gate::thawIsHeld);
      second.killWithHelpers();
      gate.letThaw();
      assertThat(GuestFileSystem.isFrozen(machine.console())).isTrue();
      String[] where = {
        "--qmp", machine.qmpSocket().toString(), "--scratch", stage.scratch().toString()
      };
      JsonNode left = look(stage, where).at("/leftovers/freezes/0");
      assertThat(left.get("alive").asBoolean()).isFalse();
      assertThat(left.get("agent_socket").asText()).isEqualTo(gate.socket());

      Outcome recovered =
          stage
              .qmpbs()
              .run("recover", where[0], where[1], where[2], where[3], "--output-format", "json")
              .assertDone();
      assertThat(recovered.summary().get("removed").get(0).asText()).contains("thawed");
      GuestFileSystem.awaitWrites(machine.console());
      assertThat(look(stage, where).at("/leftovers/freezes")).isEmpty();
      // The true one and those of the two that were killed: which is which, the server knows.
      Debris.assertNoneIn(machine, stage.scratch(), 3);

      Outcome next = stage.backup(machine, "--agent-socket", gate.socket(), "--freeze", "require");
      next.disk(DATA).assertIncremental();
      assertThat(GuestFileSystem.needsRecovery(restore(stage, next))).isFalse();
      GuestFileSystem.assertHealthy(machine.console());
    }
  }

  private static JsonNode look(Stage stage, String... where) {
    return stage
        .qmpbs()
        .run("status", where[0], where[1], where[2], where[3], "--output-format", "json")
        .assertDone()
        .summary();
  }

  @Test
  void aSignalWhileTheGuestIsFrozenEndsWithAThawedGuest() {
    try (QemuMachine machine = startGuest();
        AgentGate gate = new AgentGate(folder, machine.agentSocket())) {
      Stage stage = new Stage(folder, server);
      gate.holdThaw();
      RunningQmpbs backup =
          stage
              .startBackup(machine, "--agent-socket", gate.socket())
              .until("the freeze", gate::thawIsHeld)
              .askToEnd();
      gate.letThaw();
      backup.await().assertExit(143);
      GuestFileSystem.awaitWrites(machine.console());
      Debris.assertNoneIn(machine, stage.scratch(), 0);
    }
  }

  @Test
  void aGuestWithoutAnAgentIsAWarningWithinSecondsOrARefusal() {
    try (QemuMachine machine = QemuMachine.in(folder).agent().disk(DATA).start()) {
      Stage stage = new Stage(folder, server);
      Stage.fill(machine.disk("data"), 0, 4 * MIB);
      String agent = machine.agentSocket().toString();

      Outcome required =
          stage.tryBackup(machine, "--agent-socket", agent, "--freeze", "require").assertExit(9);
      assertThat(required.summary().at("/error/cause").asText()).contains("no agent runs");
      assertThat(stage.snapshots()).isZero();
      Debris.assertNoneIn(machine, stage.scratch(), 0);

      long start = System.nanoTime();
      Outcome tried = stage.backup(machine, "--agent-socket", agent);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
      assertThat(tried.summary().at("/freeze/frozen").asBoolean()).isFalse();
      assertThat(tried.summary().at("/freeze/reason").asText()).contains("no agent runs");
      assertThat(tried.summary().get("warnings").get(0).asText()).contains("not frozen");
      stage.assertRestores(tried.snapshot(), machine, machine.content());
    }
  }
}
