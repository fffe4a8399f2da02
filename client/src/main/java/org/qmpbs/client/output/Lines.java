package org.qmpbs.client.output;

/**
 * Makes foreign text safe to print: names come from servers and guests, and a terminal obeys
 * control characters.
 */
final class Lines {
  private Lines() {}

  /**
   * {@code text} with every control character but tabs and line feeds shown as {@code ?}, and with
   * what reverses the direction of text: a line must not read otherwise than it is.
   */
  static String printable(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints().map(c -> isHarmful(c) ? '?' : c).forEach(safe::appendCodePoint);
    return safe.toString();
  }

  private static boolean isHarmful(int c) {
    if (c == '\t' || c == '\n') {
      return false;
    }
    return Character.isISOControl(c)
        || c == 0x2028
        || c == 0x2029
        || (c >= 0x202A && c <= 0x202E)
        || (c >= 0x2066 && c <= 0x2069);
  }

  /** At most {@code width} characters, so that a redrawn line never wraps. */
  static String fit(String line, int width) {
    return line.length() < width ? line : line.substring(0, Math.max(0, width - 1));
  }
}
