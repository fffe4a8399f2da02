package org.qmpbs.client.cli;

import org.jspecify.annotations.Nullable;

/**
 * Words of the command line that are not UTF-8. Java has put U+FFFD for what it could not read, and
 * what was meant cannot be had back: such a file is not found, and a bitmap would get a name that
 * nobody typed.
 */
final class Encoding {
  private static final char REPLACED = '\ufffd';

  private Encoding() {}

  static boolean isLost(String word) {
    return word.indexOf(REPLACED) >= 0;
  }

  /** What to do if there is no such file. */
  static String checkPath(@Nullable String file) {
    return file != null && isLost(file)
        ? "Its name is not UTF-8, so it cannot be opened by it: make a symbolic link to it that has a"
            + " plain name, and use that."
        : "Check the path.";
  }
}
