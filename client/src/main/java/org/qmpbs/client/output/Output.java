package org.qmpbs.client.output;

import org.qmpbs.client.progress.Progress;

/**
 * Where a command tells what it does and how it ended. Progress may be told from any thread and
 * never blocks on the terminal; exactly one of {@link #succeed} and {@link #fail} ends it, called
 * by one thread.
 */
public interface Output extends Progress {
  /**
   * A line of what the command was called for, shown at once, also with {@code --quiet}; for
   * results that grow while somebody watches.
   */
  void line(String text);

  /** The last word of a command that did its work. */
  void succeed(Report report);

  /**
   * The last word of a command that did not.
   *
   * @param thrown shown as a stack trace only when debugging was asked for
   */
  void fail(Failure failure, Throwable thrown);
}
