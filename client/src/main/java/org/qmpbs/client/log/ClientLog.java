package org.qmpbs.client.log;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Lines with their times. A run that has very much to say keeps its beginning, where the reasons
 * usually are, and its end, where the outcome is. Thread-safe.
 *
 * <p>No secret should ever come here, for none is ever shown; the redactor is the second lock.
 */
public final class ClientLog {
  /** Of each half. A log is for people; the server keeps it as long as the snapshot. */
  static final int MOST = 512 << 10;

  /** One line of somebody else's may be of any length. */
  static final int LONGEST_LINE = 8 << 10;

  private final Clock clock;
  private final UnaryOperator<String> redactor;
  private final StringBuilder first = new StringBuilder();
  private final Deque<String> last = new ArrayDeque<>();
  private int lastLength;
  private long left;

  /**
   * An empty log.
   *
   * @param redactor takes secrets out of a line
   */
  public ClientLog(Clock clock, UnaryOperator<String> redactor) {
    this.clock = clock;
    this.redactor = redactor;
  }

  /** Adds a line, or several. */
  public void add(String text) {
    redactor.apply(text).lines().forEach(this::addLine);
  }

  /** Adds lines. */
  public void addAll(List<String> lines) {
    lines.forEach(this::add);
  }

  private synchronized void addLine(String text) {
    String shown = text.length() > LONGEST_LINE ? text.substring(0, LONGEST_LINE) + "…" : text;
    String line = clock.instant().truncatedTo(ChronoUnit.MILLIS) + " " + shown + "\n";
    if (last.isEmpty() && first.length() + line.length() <= MOST) {
      first.append(line);
      return;
    }
    last.add(line);
    lastLength += line.length();
    while (lastLength > MOST) {
      lastLength -= last.remove().length();
      left++;
    }
  }

  /** All of it in UTF-8. */
  public synchronized byte[] content() {
    StringBuilder all = new StringBuilder(first);
    if (left > 0) {
      all.append("[").append(left).append(" lines are left out here]\n");
    }
    last.forEach(all::append);
    return all.toString().getBytes(StandardCharsets.UTF_8);
  }
}
