package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QemuVersion;
import org.qmpbs.qmp.QmpClient;
import org.qmpbs.qmp.QmpEvent;

/** A backup, for tests to kill: it says S when it has stopped the machine, and hangs then. */
final class HangsWhileStopped implements Monitor {
  private final Monitor real;

  private HangsWhileStopped(Monitor real) {
    this.real = real;
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
    PauseGuard guard = PauseGuard.start(monitor, TwoDisks.RUN, socket, directory);
    new InstantTaker(
            monitor,
            TwoDisks.RUN,
            TwoDisks.requests(machine, "qmpbs:t:1:n", null),
            directory.resolve("nbd"),
            Qemu.TIMEOUT)
        .take(new OverlayPoint(monitor, new RunNames(TwoDisks.RUN), guard), scratch);
  }

  @Override
  public JsonNode execute(String command, ObjectNode arguments) throws IOException {
    JsonNode reply = real.execute(command, arguments);
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

  @Override
  public QemuVersion version() {
    return real.version();
  }

  @Override
  public Optional<QmpEvent> awaitEvent(Predicate<QmpEvent> wanted, Duration atMost)
      throws IOException {
    return real.awaitEvent(wanted, atMost);
  }

  @Override
  public void close() throws IOException {
    real.close();
  }
}
