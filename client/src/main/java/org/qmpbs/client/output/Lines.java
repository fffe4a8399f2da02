package org.qmpbs.client.output;

/**
 * Makes foreign text safe to print: names come from servers and guests, and a terminal obeys
 * control characters.
 */
final class Lines {
  private Lines() {}

  /** {@code text} with every control character but tabs and line feeds shown as {@code ?}. */
  static String printable(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> Character.isISOControl(c) && c != '\t' && c != '\n' ? '?' : c)
        .forEach(safe::appendCodePoint);
    return safe.toString();
  }

  /** At most {@code width} characters, so that a redrawn line never wraps. */
  static String fit(String line, int width) {
    return line.length() < width ? line : line.substring(0, Math.max(0, width - 1));
  }
}
