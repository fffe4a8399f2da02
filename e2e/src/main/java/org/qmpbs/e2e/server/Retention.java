package org.qmpbs.e2e.server;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which snapshots of a group are kept. Periods are looked at from the shortest to the longest, and
 * each keeps the newest snapshot of its last so many hours, days, …; a period does not keep what
 * lies in an hour, a day, … that a former one has kept something of. Calendar days and weeks are
 * those of the server's time zone.
 *
 * @param keep how many of each period; none at all keeps everything
 */
record Retention(Map<Period, Long> keep, ZoneId zone) {

  Retention {
    keep = keep.isEmpty() ? Map.of() : new EnumMap<>(keep);
  }

  /** In the order in which they are looked at. */
  enum Period {
    LAST("keep-last"),
    HOURLY("keep-hourly"),
    DAILY("keep-daily"),
    WEEKLY("keep-weekly"),
    MONTHLY("keep-monthly"),
    YEARLY("keep-yearly");

    private final String parameter;

    Period(String parameter) {
      this.parameter = parameter;
    }

    /** Its name in calls and on command lines. */
    String parameter() {
      return parameter;
    }

    /** Equal for all times of one period. Weeks are ISO weeks, so their year may differ. */
    private List<Integer> of(ZonedDateTime time) {
      return switch (this) {
        case LAST -> List.of();
        case HOURLY -> List.of(time.getYear(), time.getDayOfYear(), time.getHour());
        case DAILY -> List.of(time.getYear(), time.getDayOfYear());
        case WEEKLY ->
            List.of(
                time.get(IsoFields.WEEK_BASED_YEAR), time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
        case MONTHLY -> List.of(time.getYear(), time.getMonthValue());
        case YEARLY -> List.of(time.getYear());
      };
    }
  }

  /**
   * A snapshot.
   *
   * @param time in seconds since 1970; there are no two of one time
   * @param isFinished whether it has a manifest
   */
  record Snapshot(long time, boolean isFinished, boolean isProtected) {}

  /** What is to become of a snapshot. */
  enum Mark {
    PROTECTED("protected"),
    KEEP("keep"),
    /** Unfinished, but the newest of all: it may be a backup that is running. */
    KEEP_PARTIAL("keep-partial"),
    REMOVE("remove");

    private final String serverName;

    Mark(String serverName) {
      this.serverName = serverName;
    }

    /** The name in the server's logs. */
    String serverName() {
      return serverName;
    }
  }

  /** A snapshot and its fate. */
  record Marked(Snapshot snapshot, Mark mark) {}

  boolean keepsAll() {
    return keep.values().stream().noneMatch(number -> number > 0);
  }

  /** The fate of each, oldest first; what is protected is so whatever else holds. */
  List<Marked> mark(List<Snapshot> snapshots) {
    List<Snapshot> newestFirst = new ArrayList<>(snapshots);
    newestFirst.sort(Comparator.comparingLong(Snapshot::time).reversed());
    Map<Long, Mark> marks = new HashMap<>();
    markUnfinished(newestFirst, marks);
    keep.forEach((period, number) -> select(newestFirst, period, number, marks));
    List<Marked> result = new ArrayList<>();
    for (Snapshot snapshot : newestFirst) {
      Mark mark = marks.getOrDefault(snapshot.time(), Mark.REMOVE);
      result.add(0, new Marked(snapshot, snapshot.isProtected() ? Mark.PROTECTED : mark));
    }
    return result;
  }

  /** Of the unfinished ones only the newest of all snapshots can be of use. */
  private static void markUnfinished(List<Snapshot> newestFirst, Map<Long, Mark> marks) {
    for (int i = 0; i < newestFirst.size(); i++) {
      Snapshot snapshot = newestFirst.get(i);
      if (!snapshot.isFinished()) {
        marks.put(snapshot.time(), i == 0 ? Mark.KEEP_PARTIAL : Mark.REMOVE);
      }
    }
  }

  private void select(
      List<Snapshot> newestFirst, Period period, long number, Map<Long, Mark> marks) {
    Set<List<Integer>> covered = new HashSet<>();
    for (Snapshot snapshot : newestFirst) {
      if (marks.get(snapshot.time()) == Mark.KEEP) {
        covered.add(key(period, snapshot));
      }
    }
    Set<List<Integer>> selected = new HashSet<>();
    for (Snapshot snapshot : newestFirst) {
      if (marks.containsKey(snapshot.time())) {
        continue;
      }
      if (snapshot.isProtected()) {
        marks.put(snapshot.time(), Mark.PROTECTED);
        continue;
      }
      List<Integer> key = key(period, snapshot);
      if (covered.contains(key)) {
        continue;
      }
      if (selected.contains(key)) {
        marks.put(snapshot.time(), Mark.REMOVE);
      } else if (selected.size() >= number) {
        return;
      } else {
        selected.add(key);
        marks.put(snapshot.time(), Mark.KEEP);
      }
    }
  }

  private List<Integer> key(Period period, Snapshot snapshot) {
    if (period == Period.LAST) {
      return List.of((int) (snapshot.time() >>> 32), (int) snapshot.time());
    }
    return period.of(Instant.ofEpochSecond(snapshot.time()).atZone(zone));
  }
}
