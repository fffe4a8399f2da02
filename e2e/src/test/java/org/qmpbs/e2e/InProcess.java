package org.qmpbs.e2e;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import org.qmpbs.client.cli.Cli;
import org.qmpbs.client.cli.Host;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.Timeouts;

/**
 * The whole command line within the test's own process, for tests of a hundred runs: a process of
 * its own costs more than a small backup. Everything below is the product's, timeouts excepted.
 */
final class InProcess {
  private final Map<String, String> environment;
  private final Timeouts timeouts;

  /**
   * Makes a command line.
   *
   * @param environment all there is of it
   * @param timeouts instead of the minutes that real servers are given
   */
  InProcess(Map<String, String> environment, Timeouts timeouts) {
    this.environment = Map.copyOf(environment);
    this.timeouts = timeouts;
  }

  /** Runs a command to its end. */
  Outcome run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Host host =
        new Host(
            environment,
            stream(out),
            stream(err),
            Clock.systemUTC(),
            new SecureRandom(),
            login -> PbsServer.open(login, timeouts),
            listener -> {});
    int exitCode = new Cli(host).run(arguments);
    return new Outcome(
        String.join(" ", arguments),
        exitCode,
        out.toString(StandardCharsets.UTF_8),
        err.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }
}
