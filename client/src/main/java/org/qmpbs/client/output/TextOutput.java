package org.qmpbs.client.output;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * For people. Results go to standard output; notes, warnings, failures and the progress line go to
 * standard error. The progress line exists on a terminal only.
 */
public final class TextOutput implements Output {
  /** Four times a second: smooth for eyes, nothing for the processor. */
  private static final Duration REDRAW = Duration.ofMillis(250);

  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintStream results;
  private final PrintStream messages;
  private final Style style;
  private final ProgressMeter meter;
  private final Queue<String> pending = new ConcurrentLinkedQueue<>();
  private final Ticker ticker;
  private boolean lineDrawn;

  /**
   * What to show.
   *
   * @param terminal whether a line may be redrawn
   * @param quiet only warnings, failures and what the command was asked to list
   * @param debug stack traces of failures
   * @param width columns of the terminal
   */
  public record Style(boolean terminal, boolean quiet, boolean debug, int width) {}

  /** Starts drawing. */
  public TextOutput(PrintStream results, PrintStream messages, Style style, Clock clock) {
    this.results = results;
    this.messages = messages;
    this.style = style;
    this.meter = new ProgressMeter(clock);
    this.ticker = new Ticker(REDRAW, this::draw);
  }

  @Override
  public void phase(String name) {
    meter.phase(name);
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
    if (!style.quiet()) {
      pending.add(Lines.printable(line));
    }
  }

  @Override
  public void warn(String line) {
    pending.add("warning: " + Lines.printable(line));
  }

  @Override
  public synchronized void line(String text) {
    draw();
    clearLine();
    results.println(Lines.printable(text));
    results.flush();
  }

  @Override
  public void succeed(Report report) {
    stop();
    if (!style.quiet() || report instanceof Listing) {
      report.text().forEach(line -> results.println(Lines.printable(line)));
    }
    results.flush();
  }

  @Override
  public void fail(Failure failure, Throwable thrown) {
    stop();
    messages.println("error: " + Lines.printable(failure.cause()));
    printUnlessEmpty("  that means: ", failure.consequence());
    printUnlessEmpty("  what to do: ", failure.remedy());
    if (style.debug()) {
      thrown.printStackTrace(messages);
    }
    messages.flush();
  }

  private void printUnlessEmpty(String label, String text) {
    if (!text.isEmpty()) {
      messages.println(label + Lines.printable(text));
    }
  }

  private void stop() {
    ticker.close();
    draw();
    clearLine();
  }

  private synchronized void draw() {
    for (String line = pending.poll(); line != null; line = pending.poll()) {
      clearLine();
      messages.println(line);
    }
    if (style.terminal() && !style.quiet()) {
      meter
          .sample()
          .ifPresent(
              state -> {
                messages.print(
                    CLEAR_LINE + Lines.fit(Lines.printable(state.line()), style.width()));
                lineDrawn = true;
              });
    }
    messages.flush();
  }

  private synchronized void clearLine() {
    if (lineDrawn) {
      messages.print(CLEAR_LINE);
      messages.flush();
      lineDrawn = false;
    }
  }
}
