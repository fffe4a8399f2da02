package org.qmpbs.client.connect;

import java.io.Console;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where people type. */
@FunctionalInterface
public interface Terminal {
  /** What was typed without being shown, for the caller to overwrite; null if nobody is there. */
  char @Nullable [] read(String prompt);

  /** The terminal of this process, if it has one. */
  @SuppressWarnings("SystemConsoleNull") // null before Java 22, asked by isTerminal since
  static Terminal system() {
    return prompt -> {
      Console console = System.console();
      if (console == null || !isTerminal(console)) {
        return null;
      }
      return TerminalReader.read(() -> Optional.ofNullable(console.readPassword("%s", prompt)))
          .orElse(null);
    };
  }

  private static boolean isTerminal(Console console) {
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      // Before Java 22 there is a console only where there is a terminal.
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
