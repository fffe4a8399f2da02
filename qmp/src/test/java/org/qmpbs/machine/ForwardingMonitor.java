package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QemuVersion;
import org.qmpbs.qmp.QmpEvent;

/** A real monitor, for tests that do something before or after its commands. */
abstract class ForwardingMonitor implements Monitor {
  private final Monitor real;

  ForwardingMonitor(Monitor real) {
    this.real = real;
  }

  @Override
  public JsonNode execute(String command, ObjectNode arguments) throws IOException {
    return real.execute(command, arguments);
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
