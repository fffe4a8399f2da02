package org.qmpbs.qcow2.bitmap;

import java.util.Optional;

/**
 * A rule that an image breaks.
 *
 * @param rule which
 * @param offset of the byte in the image at which it is broken
 * @param expected there, in words
 * @param found there, in words
 * @param bitmap that it concerns; empty if it concerns all
 */
public record Finding(
    Rule rule, long offset, String expected, String found, Optional<BitmapName> bitmap) {
  /** How bad it is. */
  public Severity severity() {
    return rule.severity();
  }

  @Override
  public String toString() {
    return String.format(
        "byte %d%s: expected %s, found %s",
        offset, bitmap.map(name -> " (bitmap '" + name + "')").orElse(""), expected, found);
  }
}
