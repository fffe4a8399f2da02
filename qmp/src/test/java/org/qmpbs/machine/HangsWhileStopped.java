package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QmpClient;

/** A backup, for tests to kill: it says S when it has stopped the machine, and hangs then. */
final class HangsWhileStopped extends ForwardingMonitor {

  private HangsWhileStopped(Monitor real) {
    super(real);
  }

  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    Path socket = directory.resolve("qmp");
    Monitor monitor =
        new HangsWhileStopped(QmpClient.connect(socket, QmpClient.GREETING_DEADLINE, Qemu.TIMEOUT));
    Machine machine = new Machine(monitor, socket, Qemu.TIMEOUT);
    ScratchFiles scratch =
        (name, size) -> {
          try {
            return Qemu.image(directory.resolve(name + ".qcow2"), "qcow2", Long.toString(size));
          } catch (Exception e) {
            throw new IOException(e);
          }
        };
    // Whatever this QEMU could do better: the way with the stop is what is to be killed.
    GuestGuard guard = GuestGuard.start(monitor, TwoDisks.RUN, socket, Quiesce.NOTHING, directory);
    new InstantTaker(
            monitor,
            TwoDisks.RUN,
            TwoDisks.requests(machine, "qmpbs:t:1:n", null),
            scratch,
            directory.resolve("nbd"),
            Qemu.TIMEOUT)
        .take(new OverlayPoint(monitor, new RunNames(TwoDisks.RUN), scratch, guard));
  }

  @Override
  public JsonNode execute(String command, ObjectNode arguments) throws IOException {
    JsonNode reply = super.execute(command, arguments);
    if (command.equals("stop")) {
      System.out.println("S");
      System.out.flush();
      try {
        Thread.sleep(Duration.ofHours(1).toMillis());
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
    return reply;
  }
}
