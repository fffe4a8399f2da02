package org.qmpbs.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QmpClient;

/** The guard's own end can fail, after everything else went well. */
class GuestGuardEndTest {
  private static final String NEW = "qmpbs:t:2:n";

  @TempDir Path directory;

  /** Somebody removes the guard's log once the machine continues. */
  private static final class LogGoes extends ForwardingMonitor {
    private final Path log;

    LogGoes(Monitor real, Path log) {
      super(real);
      this.log = log;
    }

    @Override
    public JsonNode execute(String command, ObjectNode arguments) throws IOException {
      JsonNode reply = super.execute(command, arguments);
      if (command.equals("cont")) {
        Files.delete(log);
      }
      return reply;
    }
  }

  @Test
  @Timeout(120)
  void anInstantThatNobodyGetsIsTakenOutOfQemuAgain() throws Exception {
    try (Qemu qemu = TwoDisks.start(directory)) {
      Monitor real = QmpClient.connect(qemu.monitor, QmpClient.GREETING_DEADLINE, Qemu.TIMEOUT);
      Path log = directory.resolve("qmpbs-" + TwoDisks.RUN + "-guard.log");
      try (Machine machine = new Machine(new LogGoes(real, log), qemu.monitor, Qemu.TIMEOUT)) {
        assumeTrue(machine.strategy() == Strategy.OVERLAY_WITH_PROBE, "no guard is needed here");
        assertThatThrownBy(() -> TwoDisks.take(qemu, machine, NEW, null))
            .isInstanceOf(NoSuchFileException.class);
      }
      assertThat(qemu.ours()).matches(Leftovers::isEmpty);
      assertThat(qemu.disks()).allMatch(disk -> disk.bitmap(NEW).isEmpty());
      assertThat(qemu.status()).isEqualTo("running");
    }
  }
}
