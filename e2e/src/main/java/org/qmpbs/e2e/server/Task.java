package org.qmpbs.e2e.server;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Something that the server does in the background, and what it has said so far. Thread-safe. */
final class Task {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx");

  private final Upid upid;
  private final Clock clock;
  private final ZoneId zone;
  private final List<String> lines = new ArrayList<>();
  private int warnings;
  private @Nullable String stopping;
  private @Nullable End end;

  /** How a task ended; the names are those of the filter for it. */
  enum Kind {
    OK,
    WARNING,
    ERROR
  }

  /**
   * The end of a task.
   *
   * @param time in seconds since 1970
   * @param status {@code OK}, {@code WARNINGS: N}, or what went wrong
   */
  record End(long time, Kind kind, String status) {}

  Task(Upid upid, Clock clock, ZoneId zone) {
    this.upid = upid;
    this.clock = clock;
    this.zone = zone;
  }

  Upid upid() {
    return upid;
  }

  synchronized void log(String text) {
    Instant now = clock.instant();
    for (String line : text.split("\n", -1)) {
      lines.add(TIME.format(now.atZone(zone)) + ": " + line);
    }
  }

  /** A task with warnings is no failure, but it says so. */
  synchronized void warn(String text) {
    warnings++;
    log("WARN: " + text);
  }

  synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  /** Makes the next {@link #check} fail. */
  synchronized void requestStop(String reason) {
    if (end == null && stopping == null) {
      log("received abort request ...");
      stopping = reason;
    }
  }

  /** To be called now and then; whoever asked the task to stop is heard here. */
  synchronized void check() throws Refused {
    if (stopping != null) {
      throw Refused.badRequest(stopping);
    }
  }

  synchronized Optional<End> end() {
    return Optional.ofNullable(end);
  }

  /**
   * Writes the last line.
   *
   * @param failure null if there was none
   */
  synchronized void finish(@Nullable String failure) {
    long now = clock.instant().getEpochSecond();
    if (failure != null) {
      log("TASK ERROR: " + failure);
      end = new End(now, Kind.ERROR, failure);
    } else if (warnings > 0) {
      log("TASK WARNINGS: " + warnings);
      end = new End(now, Kind.WARNING, "WARNINGS: " + warnings);
    } else {
      log("TASK OK");
      end = new End(now, Kind.OK, "OK");
    }
  }
}
