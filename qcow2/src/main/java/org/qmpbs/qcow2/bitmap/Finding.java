package org.qmpbs.qcow2.bitmap;

import java.util.Optional;

/**
 * A rule that an image breaks.
 *
 * @param rule which
 * @param severity what it does to this image; milder than {@link Rule#severity} where QEMU does not
 *     look: at bitmaps that are stale, at the table of one that is in use
 * @param offset of the byte in the image at which it is broken
 * @param expected there, in words
 * @param found there, in words
 * @param bitmap that it concerns; empty if it concerns all
 */
public record Finding(
    Rule rule,
    Severity severity,
    long offset,
    String expected,
    String found,
    Optional<BitmapName> bitmap) {
  /** As severe as its rule. */
  Finding(Rule rule, long offset, String expected, String found, Optional<BitmapName> bitmap) {
    this(rule, rule.severity(), offset, expected, found, bitmap);
  }

  /** The same, but not more severe than {@code most}. */
  Finding atMost(Severity most) {
    return severity.compareTo(most) < 0
        ? new Finding(rule, most, offset, expected, found, bitmap)
        : this;
  }

  @Override
  public String toString() {
    return String.format(
        "byte %d%s: expected %s, found %s",
        offset, bitmap.map(name -> " (bitmap '" + name + "')").orElse(""), expected, found);
  }
}
