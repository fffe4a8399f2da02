package org.qmpbs.client.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * For programs: JSON lines on standard output and nothing else, the last one always a summary
 * (docs/json-output.md). Fields and message types may be added within a schema version; readers are
 * to ignore what they do not know.
 */
public final class JsonOutput implements Output {
  /** Raised when a field changes its meaning or goes away. */
  public static final int SCHEMA = 1;

  private static final Duration PACE = Duration.ofMillis(250);

  /** Progress is for a display or a log; more often than this nobody reads it. */
  private static final Duration STATUS_INTERVAL = Duration.ofSeconds(2);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintStream out;
  private final String command;
  private final boolean quiet;
  private final boolean debug;
  private final boolean pretty;
  private final Clock clock;
  private final ProgressMeter meter;
  private final Queue<ObjectNode> pending = new ConcurrentLinkedQueue<>();
  private final Ticker ticker;
  private Instant lastStatus;

  /** Starts writing, a line for each message. */
  public JsonOutput(PrintStream out, String command, boolean quiet, boolean debug, Clock clock) {
    this(out, command, quiet, debug, false, clock);
  }

  /**
   * Starts writing.
   *
   * @param command name for the summary, for instance backup
   * @param quiet no status and no notes
   * @param debug stack trace in the summary of a failure
   * @param pretty each message over several indented lines
   */
  public JsonOutput(
      PrintStream out, String command, boolean quiet, boolean debug, boolean pretty, Clock clock) {
    this.out = out;
    this.command = command;
    this.quiet = quiet;
    this.debug = debug;
    this.pretty = pretty;
    this.clock = clock;
    this.lastStatus = clock.instant();
    this.meter = new ProgressMeter(clock);
    this.ticker = new Ticker(PACE, this::drain);
  }

  @Override
  public void phase(String name) {
    meter.phase(name);
    if (!quiet) {
      pending.add(message("status").put("phase", name));
    }
  }

  @Override
  public void total(long totalBytes) {
    meter.total(totalBytes);
  }

  @Override
  public void advance(long bytes) {
    meter.advance(bytes);
  }

  @Override
  public void note(String line) {
    if (!quiet) {
      pending.add(message("note").put("message", line));
    }
  }

  @Override
  public void warn(String line) {
    pending.add(message("warning").put("message", line));
  }

  @Override
  public void line(String text) {
    pending.add(message("line").put("text", text));
    drain();
  }

  @Override
  public void succeed(Report report) {
    stop();
    ObjectNode summary = summary(true, report.exitCode());
    report.describe(summary);
    print(summary);
  }

  @Override
  public void fail(Failure failure, Throwable thrown) {
    stop();
    ObjectNode error = message("error");
    describe(error, failure);
    print(error);
    ObjectNode summary = summary(false, failure.exitCode());
    describe(summary.putObject("error"), failure);
    if (debug) {
      StringWriter trace = new StringWriter();
      thrown.printStackTrace(new PrintWriter(trace, true));
      summary.put("stack_trace", trace.toString());
    }
    print(summary);
  }

  private static void describe(ObjectNode node, Failure failure) {
    node.put("kind", failure.exitCode().kind())
        .put("cause", failure.cause())
        .put("consequence", failure.consequence())
        .put("remedy", failure.remedy());
  }

  private ObjectNode summary(boolean success, ExitCode exitCode) {
    return message("summary")
        .put("command", command)
        .put("success", success)
        .put("exit_code", exitCode.code());
  }

  private ObjectNode message(String type) {
    return JSON.createObjectNode()
        .put("schema", SCHEMA)
        .put("message_type", type)
        .put("time", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
  }

  private void stop() {
    ticker.close();
    drain();
  }

  private synchronized void drain() {
    for (ObjectNode node = pending.poll(); node != null; node = pending.poll()) {
      print(node);
    }
    Instant now = clock.instant();
    if (!quiet && now.isAfter(lastStatus.plus(STATUS_INTERVAL))) {
      lastStatus = now;
      meter.sample().filter(state -> state.total() > 0).ifPresent(this::printStatus);
    }
  }

  private void printStatus(ProgressMeter.State state) {
    ObjectNode node =
        message("status")
            .put("phase", state.phase())
            .put("bytes_done", state.done())
            .put("bytes_total", state.total())
            .put("percent", state.percent())
            .put("bytes_per_second", state.rate());
    state.eta().ifPresent(eta -> node.put("eta_seconds", eta.toSeconds()));
    print(node);
  }

  private void print(ObjectNode node) {
    try {
      out.println(
          pretty
              ? JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node)
              : JSON.writeValueAsString(node));
      out.flush();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of strings and numbers is always JSON", e);
    }
  }
}
