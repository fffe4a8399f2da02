package org.qmpbs.client.schedule;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRulesException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads calendar expressions: {@code [WEEKDAYS] [[YEAR-]MONTH-DAY] [HOUR:MINUTE[:SECOND]] [ZONE]},
 * or one word for a common one (systemd.time(7), "Calendar Events"). Fractions of a second and
 * points in time ({@code @…}) are not taken: nothing is backed up that often, or only once.
 */
final class CalendarParser {
  private static final Map<String, String> WORDS =
      Map.ofEntries(
          Map.entry("minutely", "*-*-* *:*:00"),
          Map.entry("hourly", "*-*-* *:00:00"),
          Map.entry("daily", "*-*-* 00:00:00"),
          Map.entry("weekly", "Mon *-*-* 00:00:00"),
          Map.entry("monthly", "*-*-01 00:00:00"),
          Map.entry("quarterly", "*-01,04,07,10-01 00:00:00"),
          Map.entry("semiannually", "*-01,07-01 00:00:00"),
          Map.entry("semi-annually", "*-01,07-01 00:00:00"),
          Map.entry("biannually", "*-01,07-01 00:00:00"),
          Map.entry("bi-annually", "*-01,07-01 00:00:00"),
          Map.entry("yearly", "*-01-01 00:00:00"),
          Map.entry("annually", "*-01-01 00:00:00"));

  private static final int SHORTEST_MONTH = 28;

  private final String whole;
  private String text;
  private int position;

  CalendarParser(String text) {
    this.whole = text;
    this.text = text;
  }

  CalendarExpression parse() {
    Optional<ZoneId> zone = takeZone();
    text = WORDS.getOrDefault(text.toLowerCase(Locale.ROOT), text);
    if (text.isBlank()) {
      throw wrong("expected days, a date or a time, found nothing");
    }
    Set<DayOfWeek> weekdays = weekdays();
    CalendarExpression.Dates dates = dates(weekdays);
    CalendarExpression.Times times = times();
    return new CalendarExpression(dates, times, zone);
  }

  /** The last word, if it is a time zone's name. Offsets such as +01:00 are none to systemd. */
  private Optional<ZoneId> takeZone() {
    int blank = text.lastIndexOf(' ');
    String name = text.substring(blank + 1);
    if (blank < 0 || name.isEmpty() || !Character.isLetter(name.charAt(0))) {
      return Optional.empty();
    }
    Optional<ZoneId> zone = zone(name);
    if (zone.isPresent()) {
      text = text.substring(0, blank);
    }
    return zone;
  }

  private static Optional<ZoneId> zone(String name) {
    if (name.equalsIgnoreCase("UTC")) {
      return Optional.of(ZoneOffset.UTC);
    }
    try {
      return ZoneId.getAvailableZoneIds().contains(name)
          ? Optional.of(ZoneId.of(name))
          : Optional.empty();
    } catch (ZoneRulesException e) {
      throw new IllegalStateException("Java lists the zone " + name + " and has no rules", e);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private Set<DayOfWeek> weekdays() {
    EnumSet<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    if (!Character.isLetter(peek())) {
      return EnumSet.allOf(DayOfWeek.class);
    }
    do {
      DayOfWeek first = weekday();
      DayOfWeek end = first;
      if (take("..") || take("-")) {
        end = weekday();
      }
      if (end.compareTo(first) < 0) {
        throw wrong("expected a range of days from Mon to Sun, found one over the week's end");
      }
      days.addAll(EnumSet.range(first, end));
    } while (take(",") && Character.isLetter(peek()));
    skipBlanks("the days of the week");
    return days;
  }

  private DayOfWeek weekday() {
    int start = position;
    while (Character.isLetter(peek())) {
      position++;
    }
    String word = text.substring(start, position);
    Optional<DayOfWeek> day = Weekdays.parse(word);
    if (day.isEmpty()) {
      position = start;
      throw wrong("expected a day as in Mon or Monday, found '" + word + "'");
    }
    return day.get();
  }

  private CalendarExpression.Dates dates(Set<DayOfWeek> weekdays) {
    CalendarExpression.Dates everyDay =
        new CalendarExpression.Dates(weekdays, Component.ANY, Component.ANY, Component.ANY, false);
    if (atEnd()) {
      return everyDay;
    }
    int start = position;
    Component first = component();
    if (atEnd() || peek() == ':') {
      // A time, not a date.
      position = start;
      return everyDay;
    }
    boolean fromEnd = dateSeparator();
    int second = position;
    Component day = component();
    Component year = Component.ANY;
    Component month = first;
    int monthStart = start;
    int dayStart = second;
    if (!atEnd() && peek() != ' ') {
      if (fromEnd) {
        throw wrong("expected the end of the date, since ~ stands before the day");
      }
      fromEnd = dateSeparator();
      year =
          within(
              start,
              fullYears(first),
              "a year",
              CalendarExpression.FIRST_YEAR,
              CalendarExpression.LAST_YEAR);
      month = day;
      monthStart = second;
      dayStart = position;
      day = component();
    }
    within(monthStart, month, "a month", 1, 12);
    // Counted from the end, a day exists in every month or not at all.
    day = fromEnd ? fromEnd(dayStart, day) : within(dayStart, day, "a day", 1, 31);
    skipBlanks("the date");
    return new CalendarExpression.Dates(weekdays, year, month, day, fromEnd);
  }

  /** Two digits mean 1970 to 2069. */
  private static Component fullYears(Component years) {
    return Component.of(
        years.parts().stream()
            .map(p -> new Component.Part(fullYear(p.start()), fullYear(p.stop()), p.repeat()))
            .toList());
  }

  private static int fullYear(int year) {
    if (year < 0 || year >= 100) {
      return year;
    }
    return year < 70 ? year + 2000 : year + 1900;
  }

  private boolean dateSeparator() {
    if (take("~")) {
      return true;
    }
    if (take("-")) {
      return false;
    }
    throw wrong("expected - or ~ of a date, or : of a time");
  }

  private CalendarExpression.Times times() {
    Component zero = Component.value(0);
    if (atEnd()) {
      return new CalendarExpression.Times(zero, zero, zero);
    }
    Component hours = within(position, component(), "an hour", 0, 23);
    if (!take(":")) {
      throw wrong("expected : between hour and minute");
    }
    Component minutes = within(position, component(), "a minute", 0, 59);
    Component seconds = take(":") ? within(position, seconds(), "a second", 0, 59) : zero;
    if (!atEnd()) {
      throw wrong("expected the end, or the name of a time zone");
    }
    return new CalendarExpression.Times(hours, minutes, seconds);
  }

  /** As with systemd, every second has one form only. */
  private Component seconds() {
    Component seconds = component();
    return seconds.parts().contains(new Component.Part(0, Component.NONE, 1))
        ? Component.ANY
        : seconds;
  }

  private Component component() {
    if (take("*")) {
      if (peek() == '/') {
        throw wrong("expected a first value before /, as in 0/15");
      }
      return Component.ANY;
    }
    List<Component.Part> parts = new ArrayList<>();
    do {
      parts.add(part());
    } while (take(","));
    return Component.of(parts);
  }

  private Component.Part part() {
    int start = number();
    int stop = Component.NONE;
    int repeat = 0;
    if (take("..")) {
      stop = number();
      repeat = 1;
      if (stop < start) {
        throw wrong("expected a range that goes up, found " + start + ".." + stop);
      }
    }
    if (take("/")) {
      repeat = number();
      if (repeat == 0) {
        throw wrong("expected a repetition of at least 1");
      }
    }
    return new Component.Part(start, stop, repeat);
  }

  private int number() {
    int start = position;
    while (peek() >= '0' && peek() <= '9' && position - start < 4) {
      position++;
    }
    if (start == position || (peek() >= '0' && peek() <= '9')) {
      throw wrong("expected a number of up to four digits");
    }
    return Integer.parseInt(text.substring(start, position));
  }

  private void skipBlanks(String after) {
    if (!atEnd() && peek() != ' ') {
      throw wrong("expected a blank after " + after);
    }
    while (peek() == ' ') {
      position++;
    }
  }

  private boolean take(String token) {
    boolean there = text.startsWith(token, position);
    if (there) {
      position += token.length();
    }
    return there;
  }

  private boolean atEnd() {
    return position == text.length();
  }

  private char peek() {
    return atEnd() ? '\0' : text.charAt(position);
  }

  /** The field that begins at {@code start}, if all its values are from first to last. */
  private Component within(int start, Component field, String what, int first, int last) {
    for (Component.Part part : field.parts()) {
      requireInside(start, part, what, first, last);
      if (part.isOpen() && part.start() + part.repeat() > last) {
        throw repeatsOutside(start, part, first, last);
      }
    }
    return field;
  }

  /** Days that are counted from the month's end come later the smaller they are. */
  private Component fromEnd(int start, Component days) {
    for (Component.Part part : days.parts()) {
      requireInside(start, part, "a day", 1, SHORTEST_MONTH);
      if (part.isOpen() && part.start() - part.repeat() < 1) {
        throw repeatsOutside(start, part, 1, SHORTEST_MONTH);
      }
    }
    return days;
  }

  private void requireInside(int start, Component.Part part, String what, int first, int last) {
    int end = part.stop() == Component.NONE ? part.start() : part.stop();
    if (part.start() < first || end > last) {
      position = start;
      throw wrong(
          "expected " + what + " from " + first + " to " + last + ", found " + part.text(1));
    }
  }

  private IllegalArgumentException repeatsOutside(
      int start, Component.Part part, int first, int last) {
    position = start;
    return wrong(
        "expected a repetition that happens between "
            + first
            + " and "
            + last
            + ", found /"
            + part.repeat());
  }

  private IllegalArgumentException wrong(String problem) {
    return new IllegalArgumentException(
        "'"
            + whole
            + "' is no calendar expression: "
            + problem
            + ", at character "
            + (position + 1));
  }
}
