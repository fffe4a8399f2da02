package org.qmpbs.client.cli;

import java.io.Console;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.connect.TerminalReader;

/** Asks who sits at the terminal. */
public interface Prompt {
  /** Where nobody can be asked. */
  Prompt NOBODY =
      new Prompt() {
        @Override
        public boolean isThere() {
          return false;
        }

        @Override
        public String ask(String question) {
          return "";
        }
      };

  /** Whether somebody can be asked. */
  boolean isThere();

  /** What was typed; empty if the input has ended, or this thread was interrupted meanwhile. */
  String ask(String question);

  /**
   * The terminal of this process, if both standard input and standard output are one: else a script
   * is at work, or somebody who wants the output elsewhere.
   */
  static Prompt system() {
    return new Prompt() {
      @Override
      public boolean isThere() {
        return console() != null;
      }

      @Override
      public String ask(String question) {
        Console console = console();
        if (console == null) {
          return "";
        }
        Optional<String> typed =
            TerminalReader.read(() -> Optional.ofNullable(console.readLine("%s", question)));
        if (typed.isEmpty()) {
          // Not through the console: its lock belongs to who still reads.
          System.err.println();
        }
        return typed.orElse("");
      }
    };
  }

  @SuppressWarnings("SystemConsoleNull") // null before Java 22, asked by isTerminal since
  private static @Nullable Console console() {
    Console console = System.console();
    return console == null || !isTerminal(console) ? null : console;
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
