package org.qmpbs.client.output;

import org.qmpbs.client.progress.Progress;

/**
 * Where a command tells what it does and how it ended. Progress may be told from any thread and
 * never blocks on the terminal; exactly one of {@link #succeed} and {@link #fail} ends it, called
 * by one thread.
 */
public interface Output extends Progress {
  /** The last word of a command that did its work. */
  void succeed(Report report);

  /**
   * The last word of a command that did not.
   *
   * @param thrown shown as a stack trace only when debugging was asked for
   */
  void fail(Failure failure, Throwable thrown);
}
