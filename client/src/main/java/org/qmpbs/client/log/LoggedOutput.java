package org.qmpbs.client.log;

import org.qmpbs.client.output.Failure;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;

/** Shows everything, and keeps a copy of all but the ticks of the progress. */
public final class LoggedOutput implements Output {
  private final Output shown;
  private final ClientLog log;

  /** Passes all on to {@code shown}. */
  public LoggedOutput(Output shown, ClientLog log) {
    this.shown = shown;
    this.log = log;
  }

  @Override
  public void phase(String name) {
    log.add(name);
    shown.phase(name);
  }

  @Override
  public void total(long totalBytes) {
    shown.total(totalBytes);
  }

  @Override
  public void advance(long bytes) {
    shown.advance(bytes);
  }

  @Override
  public void note(String line) {
    log.add(line);
    shown.note(line);
  }

  @Override
  public void warn(String line) {
    log.add("warning: " + line);
    shown.warn(line);
  }

  @Override
  public void line(String text) {
    log.add(text);
    shown.line(text);
  }

  @Override
  public void succeed(Report report) {
    log.addAll(report.text());
    shown.succeed(report);
  }

  @Override
  public void fail(Failure failure, Throwable thrown) {
    log.add("error: " + failure.cause());
    shown.fail(failure, thrown);
  }
}
