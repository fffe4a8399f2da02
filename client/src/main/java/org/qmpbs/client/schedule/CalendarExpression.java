package org.qmpbs.client.schedule;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * When something is due, in the notation of systemd timers ({@code OnCalendar=}, systemd.time(7)):
 * {@code daily}, {@code Mon..Fri 02:30}, {@code *-*-1..7 4:0/15 Europe/Berlin}.
 *
 * <p>As with systemd, a local time that a clock change skips is not due that day. One that comes
 * twice is due the first time.
 */
public final class CalendarExpression {
  /** systemd's own limits. */
  static final int FIRST_YEAR = 1970;

  static final int LAST_YEAR = 2199;

  private final Dates dates;
  private final Times times;
  private final Optional<ZoneId> zone;

  CalendarExpression(Dates dates, Times times, Optional<ZoneId> zone) {
    this.dates = dates;
    this.times = times;
    this.zone = zone;
  }

  /**
   * Reads an expression.
   *
   * @throws IllegalArgumentException if it is none: what was expected, and where
   */
  public static CalendarExpression parse(String text) {
    return new CalendarParser(text).parse();
  }

  /**
   * The first time after {@code after}, or empty if there is none before 2200.
   *
   * @param local the zone that counts if the expression names none
   */
  public Optional<Instant> next(Instant after, ZoneId local) {
    ZoneId rules = zone.orElse(local);
    LocalDateTime start = LocalDateTime.ofInstant(after, rules);
    LocalTime from = start.toLocalTime();
    for (LocalDate day = start.toLocalDate();
        day.getYear() <= LAST_YEAR;
        day = dates.after(day), from = LocalTime.MIN) {
      if (dates.allows(day)) {
        Optional<Instant> found = next(day, from, after, rules);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Instant> next(LocalDate day, LocalTime from, Instant after, ZoneId rules) {
    // A clock that was set back shows times that are over once more: look at those before, too.
    Optional<LocalTime> time = times.atOrAfter(from.withNano(0));
    while (time.isPresent()) {
      List<ZoneOffset> offsets = rules.getRules().getValidOffsets(day.atTime(time.get()));
      if (!offsets.isEmpty()) {
        Instant instant = day.atTime(time.get()).toInstant(offsets.get(0));
        if (instant.isAfter(after)) {
          return Optional.of(instant);
        }
      }
      time =
          time.get().toSecondOfDay() == LocalTime.MAX.toSecondOfDay()
              ? Optional.empty()
              : times.atOrAfter(time.get().plusSeconds(1));
    }
    return Optional.empty();
  }

  /** The normalized form, as {@code systemd-analyze calendar} prints it. */
  @Override
  public String toString() {
    return dates
        + " "
        + times
        + zone.map(z -> " " + (z.equals(ZoneOffset.UTC) ? "UTC" : z.getId())).orElse("");
  }

  /**
   * Which days.
   *
   * @param fromEnd whether days count from the month's last one, which is 1
   */
  record Dates(
      Set<DayOfWeek> weekdays, Component years, Component months, Component days, boolean fromEnd) {

    boolean allows(LocalDate date) {
      return years.allows(date.getYear())
          && months.allows(date.getMonthValue())
          && weekdays.contains(date.getDayOfWeek())
          && allowsDay(date);
    }

    private boolean allowsDay(LocalDate date) {
      int day = date.getDayOfMonth();
      if (!fromEnd || days.isAny()) {
        return days.allows(day);
      }
      int length = date.lengthOfMonth();
      return days.parts().stream().anyMatch(part -> countsBack(part, length, day));
    }

    /** A range is turned round; a repetition goes on upwards from its first day (measured). */
    private static boolean countsBack(Component.Part part, int length, int day) {
      int start = length - part.start() + 1;
      if (part.stop() == Component.NONE) {
        return new Component.Part(start, Component.NONE, part.repeat())
            .next(day)
            .equals(OptionalInt.of(day));
      }
      int first = length - part.stop() + 1;
      return new Component.Part(first, start, part.repeat()).next(day).equals(OptionalInt.of(day));
    }

    /** A later day, with none between that is allowed. */
    LocalDate after(LocalDate date) {
      if (!years.allows(date.getYear())) {
        return LocalDate.of(date.getYear() + 1, 1, 1);
      }
      if (!months.allows(date.getMonthValue())) {
        return date.withDayOfMonth(1).plusMonths(1);
      }
      return date.plusDays(1);
    }

    @Override
    public String toString() {
      String week =
          weekdays.equals(EnumSet.allOf(DayOfWeek.class))
              ? ""
              : Weekdays.text(new TreeSet<>(weekdays)) + " ";
      return week
          + years.text(4)
          + "-"
          + months.text(2)
          + (fromEnd && !days.isAny() ? "~" : "-")
          + days.text(2);
    }
  }

  /** Which seconds of a day. */
  record Times(Component hours, Component minutes, Component seconds) {
    Optional<LocalTime> atOrAfter(LocalTime from) {
      OptionalInt hour = hours.next(from.getHour(), 23);
      if (hour.isEmpty()) {
        return Optional.empty();
      }
      if (hour.getAsInt() > from.getHour()) {
        return first(hour.getAsInt());
      }
      OptionalInt minute = minutes.next(from.getMinute(), 59);
      if (minute.isPresent() && minute.getAsInt() == from.getMinute()) {
        OptionalInt second = seconds.next(from.getSecond(), 59);
        if (second.isPresent()) {
          return Optional.of(LocalTime.of(from.getHour(), from.getMinute(), second.getAsInt()));
        }
        minute = minutes.next(from.getMinute() + 1, 59);
      }
      if (minute.isPresent()) {
        return Optional.of(
            LocalTime.of(from.getHour(), minute.getAsInt(), seconds.next(0, 59).orElseThrow()));
      }
      OptionalInt later = hours.next(from.getHour() + 1, 23);
      return later.isPresent() ? first(later.getAsInt()) : Optional.empty();
    }

    private Optional<LocalTime> first(int hour) {
      return Optional.of(
          LocalTime.of(hour, minutes.next(0, 59).orElseThrow(), seconds.next(0, 59).orElseThrow()));
    }

    @Override
    public String toString() {
      return hours.text(2) + ":" + minutes.text(2) + ":" + seconds.text(2);
    }
  }
}
