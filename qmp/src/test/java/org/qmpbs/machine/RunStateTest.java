package org.qmpbs.machine;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QemuVersion;
import org.qmpbs.qmp.QmpEvent;

/** States of a machine that are hard to bring about, as its monitor tells them. */
class RunStateTest {
  /** A machine without disks. */
  private record Machine(String status, String migration) implements Monitor {
    @Override
    public JsonNode execute(String command, ObjectNode arguments) {
      return switch (command) {
        case "query-status" -> Json.object("status", status);
        case "query-migrate" ->
            migration.equals("never") ? Json.object() : Json.object("status", migration);
        case "x-debug-query-block-graph" -> Json.object();
        default -> Json.array(List.of());
      };
    }

    @Override
    public QemuVersion version() {
      return new QemuVersion(10, 0, 0, "");
    }

    @Override
    public Optional<QmpEvent> awaitEvent(Predicate<QmpEvent> wanted, Duration atMost) {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }

  private static void check(String status, String migration) throws IOException {
    Monitor monitor = new Machine(status, migration);
    new SafetyCheck(monitor, Strategy.JOB_FILTER, BlockGraph.query(monitor), Set.of())
        .check(List.of());
  }

  @ParameterizedTest
  @CsvSource({
    // A request of the guest waits in QEMU and is tried again when the machine continues.
    "io-error, never, io-error",
    "inmigrate, never, in state inmigrate",
    "postmigrate, never, in state postmigrate",
    "save-vm, never, in state save-vm",
    "restore-vm, never, in state restore-vm",
    "internal-error, never, in state internal-error",
    "a state of a later QEMU, never, in state a state",
    "running, active, being migrated",
    "running, setup, being migrated",
    "running, postcopy-active, being migrated",
    "running, pre-switchover, being migrated"
  })
  void aMachineWhoseDisksMustNotBeTouchedIsRefused(String status, String migration, String why) {
    assertThatThrownBy(() -> check(status, migration))
        .isInstanceOf(UnsafeMachineException.class)
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(strings = {"never", "none", "completed", "failed", "cancelled"})
  void aMigrationThatIsOverIsNoReason(String migration) {
    assertThatCode(() -> check("running", migration)).doesNotThrowAnyException();
  }
}
