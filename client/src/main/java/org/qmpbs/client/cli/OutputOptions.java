package org.qmpbs.client.cli;

import java.io.PrintStream;
import org.qmpbs.client.output.JsonOutput;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.TextOutput;
import picocli.CommandLine.Option;

/** How a command talks. */
final class OutputOptions {
  static final String FORMAT = "--output-format";

  /** The ways, named as on the command line. */
  enum Format {
    TEXT("text"),
    JSON("json"),
    JSON_PRETTY("json-pretty");

    private final String id;

    Format(String id) {
      this.id = id;
    }

    /** The one called {@code id}. */
    static Format parse(String id) {
      for (Format format : values()) {
        if (format.id.equals(id)) {
          return format;
        }
      }
      throw new IllegalArgumentException(
          "'" + id + "' is not a format; expected text, json or json-pretty");
    }
  }

  @Option(
      names = FORMAT,
      paramLabel = "text|json|json-pretty",
      converter = Converters.ToFormat.class,
      description = {
        "text for people, json for programs: JSON lines, the last one a summary;",
        "json-pretty has line breaks within."
      })
  private Format format = Format.TEXT;

  @Option(
      names = {"-q", "--quiet"},
      description = "No notes, no progress, no summary; warnings and errors only.")
  private boolean quiet;

  @Option(names = "--debug", description = "Show the stack trace of an error (or QMPBS_DEBUG=1).")
  private boolean debug;

  boolean isJson() {
    return format != Format.TEXT;
  }

  /**
   * The output of {@code command}.
   *
   * @param resultsToErr whether standard output belongs to something else
   */
  Output open(Host host, String command, boolean resultsToErr) {
    boolean showTraces = debug || host.debug();
    if (isJson()) {
      return new JsonOutput(
          host.out(), command, quiet, showTraces, format == Format.JSON_PRETTY, host.clock());
    }
    PrintStream results = resultsToErr ? host.err() : host.out();
    TextOutput.Style style =
        new TextOutput.Style(host.isTerminal(), quiet, showTraces, host.columns());
    return new TextOutput(results, host.err(), style, host.clock());
  }
}
