package org.qmpbs.qcow2.bitmap;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** Makes a word that a shell takes as it is, for commands that are shown to be typed. */
public final class ShellWord {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

  private ShellWord() {}

  /** In quotes where a shell would take it apart. */
  public static String of(String text) {
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /** The path of a file, which no command takes for an option. */
  public static String of(Path path) {
    String text = path.toString();
    return of(text.startsWith("-") ? "./" + text : text);
  }
}
