package org.qmpbs.client.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * What one field of a calendar expression allows: everything, or a list of values, ranges and
 * repetitions.
 *
 * @param parts in order; none means everything
 */
record Component(List<Part> parts) {
  static final Component ANY = new Component(List.of());

  private static final Comparator<Part> ORDER =
      Comparator.comparingInt(Part::start)
          .thenComparingInt(Part::stop)
          .thenComparingInt(Part::repeat);

  /** No end of a range: a single value, or a repetition up to the field's last value. */
  static final int NONE = -1;

  /**
   * One item of the list.
   *
   * @param start first value
   * @param stop last value, or {@link #NONE}
   * @param repeat distance of the values, or 0 for a single value
   */
  record Part(int start, int stop, int repeat) {
    static Part value(int value) {
      return new Part(value, NONE, 0);
    }

    /** A range whose end no repetition reaches ends at the last one that is reached. */
    Part normalized() {
      if (stop == NONE) {
        return this;
      }
      int last = stop - (stop - start) % repeat;
      return last == start ? value(start) : new Part(start, last, repeat);
    }

    /** The first value from {@code from} on. */
    OptionalInt next(int from) {
      if (start >= from) {
        return OptionalInt.of(start);
      }
      if (repeat == 0) {
        return OptionalInt.empty();
      }
      int found = start + (from - start + repeat - 1) / repeat * repeat;
      return stop != NONE && found > stop ? OptionalInt.empty() : OptionalInt.of(found);
    }

    /** Whether it is repeated up to the field's last value. */
    boolean isOpen() {
      return stop == NONE && repeat > 0;
    }

    String text(int width) {
      String format = "%0" + width + "d";
      StringBuilder text = new StringBuilder(String.format(format, start));
      if (stop != NONE) {
        text.append("..").append(String.format(format, stop));
      }
      if (repeat > 0 && !(stop != NONE && repeat == 1)) {
        text.append('/').append(repeat);
      }
      return text.toString();
    }
  }

  static Component of(List<Part> parts) {
    List<Part> ordered = new ArrayList<>();
    parts.stream().map(Part::normalized).sorted(ORDER).distinct().forEach(ordered::add);
    return new Component(List.copyOf(ordered));
  }

  static Component value(int value) {
    return new Component(List.of(Part.value(value)));
  }

  boolean isAny() {
    return parts.isEmpty();
  }

  /** The first allowed value from {@code from} to {@code last}. */
  OptionalInt next(int from, int last) {
    if (isAny()) {
      return from <= last ? OptionalInt.of(from) : OptionalInt.empty();
    }
    return parts.stream()
        .map(part -> part.next(from))
        .filter(OptionalInt::isPresent)
        .mapToInt(OptionalInt::getAsInt)
        .filter(value -> value <= last)
        .min();
  }

  boolean allows(int value) {
    return isAny() || next(value, value).isPresent();
  }

  /** The field with numbers of at least {@code width} digits. */
  String text(int width) {
    return isAny()
        ? "*"
        : parts.stream().map(part -> part.text(width)).collect(Collectors.joining(","));
  }
}
