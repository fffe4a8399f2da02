package org.qmpbs.client.schedule;

import java.time.DayOfWeek;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The days of the week of a calendar expression. */
final class Weekdays {
  private Weekdays() {}

  /** The day that {@code word} names, whole or by its first three letters. */
  static Optional<DayOfWeek> parse(String word) {
    for (DayOfWeek day : DayOfWeek.values()) {
      if (word.equalsIgnoreCase(day.name()) || word.equalsIgnoreCase(shortName(day))) {
        return Optional.of(day);
      }
    }
    return Optional.empty();
  }

  /** The shortest form: neighbours become ranges. */
  static String text(Set<DayOfWeek> days) {
    List<String> ranges = new ArrayList<>();
    List<DayOfWeek> sorted = List.copyOf(EnumSet.copyOf(days));
    int first = 0;
    for (int i = 1; i <= sorted.size(); i++) {
      boolean goesOn =
          i < sorted.size() && sorted.get(i).getValue() == sorted.get(i - 1).getValue() + 1;
      if (!goesOn) {
        ranges.add(range(sorted.subList(first, i)));
        first = i;
      }
    }
    return String.join(",", ranges);
  }

  private static String range(List<DayOfWeek> days) {
    String first = shortName(days.get(0));
    String last = shortName(days.get(days.size() - 1));
    return switch (days.size()) {
      case 1 -> first;
      // systemd writes two neighbours as a list.
      case 2 -> first + "," + last;
      default -> first + ".." + last;
    };
  }

  private static String shortName(DayOfWeek day) {
    return day.getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
  }
}
