package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QemuVersion;
import org.qmpbs.qmp.QmpEvent;

/** Measures from before stop to after cont. */
final class TimingMonitor implements Monitor {
  private final Monitor real;
  private final List<Duration> stops = new ArrayList<>();
  private long stopped;

  TimingMonitor(Monitor real) {
    this.real = real;
  }

  List<Duration> stops() {
    return stops;
  }

  @Override
  public JsonNode execute(String command, ObjectNode arguments) throws IOException {
    if (command.equals("stop")) {
      stopped = System.nanoTime();
    }
    JsonNode reply = real.execute(command, arguments);
    if (command.equals("cont")) {
      stops.add(Duration.ofNanos(System.nanoTime() - stopped));
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
