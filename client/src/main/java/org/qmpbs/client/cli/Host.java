package org.qmpbs.client.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.Timeouts;

/**
 * All that a command takes from its surroundings.
 *
 * @param environment variables
 * @param out standard output
 * @param err standard error
 * @param clock for times and durations
 * @param random for names that must not be guessed
 * @param servers opens servers
 * @param interrupts requests to end early
 * @param prompt asks who sits before it
 */
public record Host(
    Map<String, String> environment,
    PrintStream out,
    PrintStream err,
    Clock clock,
    SecureRandom random,
    ServerOpener servers,
    Interrupts interrupts,
    Prompt prompt) {

  /** Surroundings where nobody can be asked. */
  public Host(
      Map<String, String> environment,
      PrintStream out,
      PrintStream err,
      Clock clock,
      SecureRandom random,
      ServerOpener servers,
      Interrupts interrupts) {
    this(environment, out, err, clock, random, servers, interrupts, Prompt.NOBODY);
  }

  /** This process. */
  public static Host system() {
    return new Host(
        System.getenv(),
        stream(FileDescriptor.out),
        stream(FileDescriptor.err),
        Clock.systemUTC(),
        new SecureRandom(),
        login -> PbsServer.open(login, Timeouts.DEFAULT),
        new Signals(),
        Prompt.system());
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
  }

  /**
   * Whether standard error is a terminal. The launcher knows ({@code test -t 2}); Java does not:
   * {@code System.console()} asks about standard input and output, and since 22 not even that.
   */
  boolean isTerminal() {
    return "1".equals(environment.get("QMPBS_TERMINAL")) && !"dumb".equals(environment.get("TERM"));
  }

  /** Columns of the terminal. */
  int columns() {
    String columns = environment.getOrDefault("QMPBS_COLUMNS", "");
    return columns.matches("[1-9][0-9]{1,3}") ? Integer.parseInt(columns) : 80;
  }

  boolean debug() {
    return "1".equals(environment.get("QMPBS_DEBUG"));
  }
}
