package org.qmpbs.client.connect;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a command line the way a POSIX shell splits words, without expanding anything: blanks
 * separate, single quotes keep everything, double quotes keep all but backslash, a backslash keeps
 * the next character. No shell is ever started for {@code PBS_*_CMD}.
 */
public final class ShellWords {
  private final String line;
  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private int position;
  private boolean inWord;

  private ShellWords(String line) {
    this.line = line;
  }

  /**
   * The words of {@code line}.
   *
   * @throws IllegalArgumentException if a quote is not closed or a backslash ends the line
   */
  public static List<String> split(String line) {
    return new ShellWords(line).split();
  }

  private List<String> split() {
    while (position < line.length()) {
      char c = line.charAt(position++);
      if (Character.isWhitespace(c)) {
        endWord();
      } else {
        inWord = true;
        switch (c) {
          case '\'', '"' -> quoted(c);
          case '\\' -> word.append(next("a backslash ends the command"));
          default -> word.append(c);
        }
      }
    }
    endWord();
    return List.copyOf(words);
  }

  private void quoted(char quote) {
    for (char c = next("a quote is not closed"); c != quote; c = next("a quote is not closed")) {
      boolean escape = c == '\\' && quote == '"';
      word.append(escape ? next("a quote is not closed") : c);
    }
  }

  private char next(String problem) {
    if (position == line.length()) {
      throw new IllegalArgumentException(problem);
    }
    return line.charAt(position++);
  }

  private void endWord() {
    if (inWord) {
      words.add(word.toString());
      word.setLength(0);
      inWord = false;
    }
  }
}
