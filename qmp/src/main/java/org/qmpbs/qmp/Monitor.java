package org.qmpbs.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/** A machine's monitor after the handshake. */
public interface Monitor extends AutoCloseable {
  /** What QEMU said of itself when the connection was made. */
  QemuVersion version();

  /**
   * Runs one command and waits for its end.
   *
   * @return the value of {@code return}
   * @throws QmpCommandException if QEMU refuses or fails
   * @throws QmpTimeoutException if no answer came in time; whether it was executed is not known
   * @throws MonitorClosedException if QEMU ended or closed the monitor
   */
  JsonNode execute(String command, ObjectNode arguments) throws IOException;

  /** Runs a command that has no arguments. */
  default JsonNode execute(String command) throws IOException {
    return execute(command, JsonNodeFactory.instance.objectNode());
  }

  /**
   * Waits for an event that came since the last call took it or comes until the time is over. Only
   * a hint to look again: old events are dropped when nobody takes them.
   */
  Optional<QmpEvent> awaitEvent(Predicate<QmpEvent> wanted, Duration atMost) throws IOException;

  /** Closes the connection; QEMU goes on. Idempotent. */
  @Override
  void close() throws IOException;
}
