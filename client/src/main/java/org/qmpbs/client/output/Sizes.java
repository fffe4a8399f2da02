package org.qmpbs.client.output;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Byte counts as people write them. Reading follows the official client: {@code K}, {@code KB} are
 * powers of 1000, {@code Ki}, {@code KiB} of 1024, no unit is bytes. Writing uses powers of 1024.
 */
public final class Sizes {
  private static final Pattern FORM =
      Pattern.compile(
          "(?<number>[0-9]{1,15}(?:\\.[0-9]{1,6})?) ?(?<unit>[kmgtp]i?)?b?(?:/s)?",
          Pattern.CASE_INSENSITIVE);

  /** The position is the power of the base. */
  private static final String PREFIXES = " kmgtp";

  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

  private Sizes() {}

  /**
   * Reads a size, for instance {@code 10M} or {@code 20MiB/s}.
   *
   * @return bytes, at least 1
   * @throws IllegalArgumentException if the text is no size
   */
  public static long parse(String text) {
    Matcher matcher = FORM.matcher(text.trim());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a size; expected for instance 10M or 20MiB");
    }
    String unit =
        matcher.group("unit") == null ? "" : matcher.group("unit").toLowerCase(Locale.ROOT);
    double factor =
        unit.isEmpty()
            ? 1
            : Math.pow(unit.endsWith("i") ? 1024 : 1000, PREFIXES.indexOf(unit.charAt(0)));
    double bytes = Double.parseDouble(matcher.group("number")) * factor;
    if (bytes < 1 || bytes >= Long.MAX_VALUE) {
      throw new IllegalArgumentException("'" + text + "' is out of range");
    }
    return (long) bytes;
  }

  /** For instance {@code 1.5 GiB}. */
  public static String format(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    String number = String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
    return (number.endsWith(".0") ? number.substring(0, number.length() - 2) : number)
        + " "
        + UNITS[unit];
  }
}
