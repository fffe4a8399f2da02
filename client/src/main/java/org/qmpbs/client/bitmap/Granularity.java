package org.qmpbs.client.bitmap;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The granularity of a new bitmap as {@code qemu-img bitmap -g} takes it: bytes, decimal or with
 * {@code 0x}, or a number with a suffix, whose letters are powers of 1024 (util/cutils.c,
 * do_strtosz).
 */
public final class Granularity {
  /** A sector, the least that can be dirty. */
  private static final long LEAST = 512;

  /** What a directory entry can hold (block/qcow2-bitmap.c, BME_MAX_GRANULARITY_BITS). */
  private static final long GREATEST = 1L << 31;

  private static final Pattern DECIMAL =
      Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{0,18})?)([bkmgtpe]?)", Pattern.CASE_INSENSITIVE);

  private static final Pattern HEXADECIMAL = Pattern.compile("0[xX]([0-9a-fA-F]{1,15})");

  /** The position is the power of 1024. */
  private static final String SUFFIXES = "bkmgtpe";

  private Granularity() {}

  /**
   * Reads one.
   *
   * @return empty for 0, which is the default, as {@code qemu-img} has it
   * @throws IllegalArgumentException if it is none, or no power of two in the bounds
   */
  public static OptionalLong parse(String text) {
    BigDecimal bytes = number(text);
    if (bytes.signum() == 0) {
      return OptionalLong.empty();
    }
    boolean inBounds =
        bytes.compareTo(BigDecimal.valueOf(LEAST)) >= 0
            && bytes.compareTo(BigDecimal.valueOf(GREATEST)) <= 0;
    if (!inBounds
        || bytes.stripTrailingZeros().scale() > 0
        || Long.bitCount(bytes.longValueExact()) != 1) {
      throw new IllegalArgumentException(
          "a granularity of '" + text + "' is not possible: it is a power of two from 512 to 2G");
    }
    return OptionalLong.of(bytes.longValueExact());
  }

  private static BigDecimal number(String text) {
    Matcher hexadecimal = HEXADECIMAL.matcher(text);
    if (hexadecimal.matches()) {
      return BigDecimal.valueOf(Long.parseLong(hexadecimal.group(1), 16));
    }
    Matcher decimal = DECIMAL.matcher(text);
    if (!decimal.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a granularity; expected for instance 65536, 64k or 1M");
    }
    int power = Math.max(0, SUFFIXES.indexOf(decimal.group(2).toLowerCase(Locale.ROOT)));
    return new BigDecimal(decimal.group(1)).multiply(BigDecimal.valueOf(1024).pow(power));
  }
}
