package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QmpClient;

/** Lets the jobs of a copy begin slowly, so that a test can do something while they run. */
final class SlowCopies extends ForwardingMonitor {
  /** Bytes a second; one slice of it is copied at once. */
  private static final long SPEED = 1 << 20;

  private SlowCopies(Monitor real) {
    super(real);
  }

  static Machine connect(Qemu qemu) throws IOException {
    Monitor real = QmpClient.connect(qemu.monitor, QmpClient.GREETING_DEADLINE, Qemu.TIMEOUT);
    Machine machine = new Machine(new SlowCopies(real), qemu.monitor, Qemu.TIMEOUT);
    machine.force(Strategy.COPY_TO_SCRATCH);
    return machine;
  }

  /** From now on the jobs copy as fast as they can. */
  static void hurry(Qemu qemu) throws IOException {
    for (JsonNode job : qemu.ask("query-block-jobs")) {
      qemu.tell(
          "block-job-set-speed",
          Json.object("device", job.path("device").asText()).put("speed", 0));
    }
  }

  @Override
  public JsonNode execute(String command, ObjectNode arguments) throws IOException {
    for (JsonNode action : arguments.path("actions")) {
      if (action.path("type").asText().equals("blockdev-backup")) {
        ((ObjectNode) action.path("data")).put("speed", SPEED);
      }
    }
    return super.execute(command, arguments);
  }
}
