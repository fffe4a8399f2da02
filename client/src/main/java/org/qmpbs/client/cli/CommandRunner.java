package org.qmpbs.client.cli;

import java.io.IOException;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Failure;
import org.qmpbs.client.output.Listing;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;

/**
 * Runs the work of a command and says how it ended: the summary or the failure, the exit code, and
 * what becomes of a signal in between.
 */
final class CommandRunner {
  private final Host host;
  private final OutputOptions options;
  private final String command;

  CommandRunner(Host host, OutputOptions options, String command) {
    this.host = host;
    this.options = options;
    this.command = command;
  }

  /** What a command does. */
  interface Work {
    Report run(Output output, Interruption interruption) throws IOException;
  }

  int run(Consequence consequence, Work work) {
    return run(consequence, false, work);
  }

  int run(Consequence consequence, boolean resultsToErr, Work work) {
    Output output = options.open(host, command, resultsToErr);
    Interruption interruption = new Interruption(Thread.currentThread());
    host.interrupts().listen(interruption::request);
    try {
      Report report = work.run(output, interruption);
      interruption.finished();
      output.succeed(report);
      return report instanceof Listing listing && host.out().checkError()
          ? cutShort(listing)
          : report.exitCode().code();
    } catch (IOException | RuntimeException | Error e) {
      interruption.finished();
      Failure failure =
          interruption
              .requested()
              .map(code -> Failures.interrupted(code, e, consequence))
              .orElseGet(() -> Failures.explain(e, consequence));
      output.fail(failure, e);
      return failure.exitCode().code();
    }
  }

  /** Half a list must not pass for the whole one; only standard error is left to say so. */
  private int cutShort(Listing report) {
    host.err()
        .println(
            "error: standard output took only a part of the answer\n"
                + "  that means: "
                + report.done()
                + "\n  what to do: Give the place that it goes to more room, or read it to its end.");
    host.err().flush();
    return ExitCode.TARGET.code();
  }
}
