package org.qmpbs.client.retention;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.IsoFields;
import java.util.Locale;
import org.qmpbs.pbs.KeepOptions;

/** The server's rules, in its order: one snapshot for each period, as many as an option says. */
public enum KeepRule {
  /** Every snapshot is a period of its own. */
  LAST("uuuu-MM-dd HH:mm:ss"),
  /** An hour that the end of summer time repeats is one. */
  HOURLY("uuuu-MM-dd HH'h'"),
  /** By the calendar. */
  DAILY("uuuu-MM-dd"),
  /** Of ISO 8601, whose year may be another than the calendar's. */
  WEEKLY("%04d-W%02d"),
  /** By the calendar. */
  MONTHLY("uuuu-MM"),
  /** By the calendar. */
  YEARLY("uuuu");

  private final String form;

  KeepRule(String form) {
    this.form = form;
  }

  /**
   * The period that {@code time} (seconds since 1970) is in, for instance {@code 2026-11-21 14h}.
   */
  public String period(long time, ZoneId zone) {
    ZonedDateTime local = ZonedDateTime.ofInstant(Instant.ofEpochSecond(time), zone);
    if (this == WEEKLY) {
      return String.format(
          Locale.ROOT,
          form,
          local.get(IsoFields.WEEK_BASED_YEAR),
          local.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
    }
    return DateTimeFormatter.ofPattern(form, Locale.ROOT).format(local);
  }

  /** How many periods it keeps one snapshot of. */
  long count(KeepOptions keep) {
    return switch (this) {
      case LAST -> keep.last();
      case HOURLY -> keep.hourly();
      case DAILY -> keep.daily();
      case WEEKLY -> keep.weekly();
      case MONTHLY -> keep.monthly();
      case YEARLY -> keep.yearly();
    };
  }

  /** Name in options and in JSON, for instance {@code hourly}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
