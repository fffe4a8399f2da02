package org.qmpbs.client.config;

import java.util.regex.Pattern;

/**
 * The form of calendar events that systemd and Proxmox Backup Server have in common, for instance
 * {@code daily}, {@code 21:30}, {@code mon..fri 02:00}, {@code sat *-*-1..7 03:15}. Only the form
 * is checked: who executes a schedule knows whether the 31st of February comes.
 */
final class CalendarEvent {
  /** Every minute of an hour, named one by one, is no schedule that anybody reads. */
  private static final int MAX_LENGTH = 200;

  private static final String WORDS =
      "minutely|hourly|daily|weekly|monthly|quarterly|semiannually|annually|yearly";
  private static final String DAY =
      "(?:mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?";
  private static final String DAYS = DAY + "(?:\\.\\." + DAY + ")?";
  private static final String NUMBER = "(?:\\*|[0-9]{1,4}(?:\\.\\.[0-9]{1,4})?)(?:/[0-9]{1,4})?";
  private static final String NUMBERS = NUMBER + "(?:," + NUMBER + ")*";
  private static final String DATE = "(?:" + NUMBERS + "-){1,2}" + NUMBERS;
  private static final String TIME = NUMBERS + ":" + NUMBERS + "(?::" + NUMBERS + ")?";

  private static final Pattern FORM =
      Pattern.compile(
          "(?:"
              + WORDS
              + ")|(?:"
              + DAYS
              + "(?:,"
              + DAYS
              + ")*)?(?: ?(?<date>"
              + DATE
              + "))?(?: ?(?<time>"
              + TIME
              + "))?(?: UTC)?",
          Pattern.CASE_INSENSITIVE);

  /** A day has 24 hours of 60 minutes. */
  private static final Pattern TOO_LATE =
      Pattern.compile(
          "(?:.*[ ,./])?(?:2[4-9]|[3-9][0-9]|[0-9]{3,}):.*|.*:(?:[6-9][0-9]|[0-9]{3,}).*");

  private CalendarEvent() {}

  static void check(String text) {
    String trimmed = text.trim();
    if (trimmed.length() > MAX_LENGTH
        || trimmed.isEmpty()
        || trimmed.equalsIgnoreCase("utc")
        || !FORM.matcher(trimmed).matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no schedule; expected for instance daily, 21:30 or mon..fri 02:00");
    }
    if (TOO_LATE.matcher(trimmed).matches()) {
      throw new IllegalArgumentException("'" + text + "' names a time that no day has");
    }
  }
}
