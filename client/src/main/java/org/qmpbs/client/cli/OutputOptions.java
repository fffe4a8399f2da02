package org.qmpbs.client.cli;

import java.io.PrintStream;
import org.qmpbs.client.output.JsonOutput;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.TextOutput;
import picocli.CommandLine.Option;

/** How a command talks. */
final class OutputOptions {
  static final String FORMAT = "--output-format";

  /** The two ways. */
  enum Format {
    text,
    json
  }

  @Option(
      names = FORMAT,
      paramLabel = "FORMAT",
      description = "text for people, json for programs: JSON lines, the last one a summary.")
  private Format format = Format.text;

  @Option(
      names = {"-q", "--quiet"},
      description = "No notes, no progress, no summary; warnings and errors only.")
  private boolean quiet;

  @Option(names = "--debug", description = "Show the stack trace of an error (or QMPBS_DEBUG=1).")
  private boolean debug;

  boolean isJson() {
    return format == Format.json;
  }

  /**
   * The output of {@code command}.
   *
   * @param resultsToErr whether standard output belongs to something else
   */
  Output open(Host host, String command, boolean resultsToErr) {
    boolean showTraces = debug || host.debug();
    if (isJson()) {
      return new JsonOutput(host.out(), command, quiet, showTraces, host.clock());
    }
    PrintStream results = resultsToErr ? host.err() : host.out();
    TextOutput.Style style =
        new TextOutput.Style(host.isTerminal(), quiet, showTraces, host.columns());
    return new TextOutput(results, host.err(), style, host.clock());
  }
}
