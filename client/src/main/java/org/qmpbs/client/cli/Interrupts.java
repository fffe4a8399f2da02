package org.qmpbs.client.cli;

import java.util.function.Consumer;
import org.qmpbs.client.output.ExitCode;

/** Where requests to end early come from: signals, or a test. */
@FunctionalInterface
public interface Interrupts {
  /**
   * From now on every such request calls {@code listener}, in a thread of its own, with {@link
   * ExitCode#INTERRUPTED} or {@link ExitCode#TERMINATED}.
   */
  void listen(Consumer<ExitCode> listener);
}
