package org.qmpbs.client.bitmap;

import java.util.regex.Pattern;

/** Makes a word that a shell takes as it is, for commands that are shown to be typed. */
final class ShellWord {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

  private ShellWord() {}

  static String of(Object word) {
    String text = word.toString();
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
