package org.qmpbs.client.connect;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Reads from a terminal in a thread of its own, because that cannot be interrupted: after Ctrl-C
 * nothing that is typed may count as an answer any more, and the process has to end by itself. A
 * second Ctrl-C at the prompt of a password would leave the terminal without an echo.
 */
public final class TerminalReader {
  private TerminalReader() {}

  /** What {@code read} gives; empty if the calling thread is interrupted first, and stays so. */
  public static <T> Optional<T> read(Supplier<Optional<T>> read) {
    AtomicReference<Optional<T>> typed = new AtomicReference<>(Optional.empty());
    Thread reader = new Thread(() -> typed.set(read.get()), "terminal-reader");
    reader.setDaemon(true);
    reader.start();
    try {
      reader.join();
      return Objects.requireNonNull(typed.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
