package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.qmpbs.qmp.Monitor;

/** Measures from before stop to after cont. */
final class TimingMonitor extends ForwardingMonitor {
  private final List<Duration> stops = new ArrayList<>();
  private long stopped;

  TimingMonitor(Monitor real) {
    super(real);
  }

  List<Duration> stops() {
    return stops;
  }

  @Override
  public JsonNode execute(String command, ObjectNode arguments) throws IOException {
    if (command.equals("stop")) {
      stopped = System.nanoTime();
    }
    JsonNode reply = super.execute(command, arguments);
    if (command.equals("cont")) {
      stops.add(Duration.ofNanos(System.nanoTime() - stopped));
    }
    return reply;
  }
}
