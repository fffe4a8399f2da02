package org.qmpbs.nbd;

import java.nio.charset.StandardCharsets;

/** Text to and from the server. */
final class Text {
  /** Longer than any message of QEMU's; what is cut off helps nobody. */
  private static final int MAX_QUOTED = 300;

  private Text() {}

  /** The server's words, made fit for one line of a message on a terminal. */
  static String quote(byte[] utf8) {
    String text = new String(utf8, StandardCharsets.UTF_8).strip();
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(MAX_QUOTED)
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .forEach(line::appendCodePoint);
    return line.toString();
  }

  /** A name as the protocol's "string". */
  static byte[] encode(String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > Proto.MAX_STRING) {
      throw new IllegalArgumentException(
          "a name of " + utf8.length + " bytes, NBD allows " + Proto.MAX_STRING);
    }
    return utf8;
  }
}
