package org.qmpbs.client.config;

import java.util.List;

/**
 * A value in the words of the command line, and where it was said.
 *
 * @param words one, or any number for a key that can be repeated and for a command; a flag is
 *     {@code true} or {@code false}
 * @param origin where
 */
public record Value(List<String> words, Origin origin) {
  /** Copies the words. */
  public Value {
    words = List.copyOf(words);
  }

  /** The only word. */
  public String text() {
    return words.size() == 1 ? words.get(0) : String.join(" ", words);
  }

  /** For people to see: without what looks like a secret. */
  public List<String> shown() {
    return words.stream().map(SecretLook::mask).toList();
  }

  /** Commands may hold secrets. */
  @Override
  public String toString() {
    return "value of " + origin.label();
  }
}
