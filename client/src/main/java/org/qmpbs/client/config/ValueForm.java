package org.qmpbs.client.config;

import java.util.List;
import java.util.function.Consumer;

/**
 * What a value has to look like.
 *
 * @param kind how it is written
 * @param expected in words, as in "expected …"
 * @param choices all that there are, or empty if they are not a few words
 * @param least smallest number, for {@link Kind#INTEGER}
 * @param check throws {@link IllegalArgumentException} with a sentence for people
 */
public record ValueForm(
    Kind kind, String expected, List<String> choices, long least, Consumer<String> check) {

  /** How a value is written. */
  public enum Kind {
    /** A text or a number, in one word of the command line. */
    TEXT,
    /** An absolute path: nobody knows the working directory of what runs unattended. */
    FILE,
    /** A whole number. */
    INTEGER,
    /** {@code true} or {@code false}. */
    FLAG,
    /** A program and its arguments: a list of words, or a text that is split like a shell does. */
    COMMAND
  }

  /** A path. */
  public static final ValueForm FILE =
      new ValueForm(
          Kind.FILE, "an absolute path", List.of(), Long.MIN_VALUE, ValueForm::requireAbsolute);

  /** A truth value. */
  public static final ValueForm FLAG =
      new ValueForm(Kind.FLAG, "true or false", List.of(), Long.MIN_VALUE, text -> {});

  /** A command. */
  public static final ValueForm COMMAND =
      new ValueForm(Kind.COMMAND, "a command", List.of(), Long.MIN_VALUE, text -> {});

  /** A text of which {@code check} judges. */
  public static ValueForm text(String expected, Consumer<String> check) {
    return new ValueForm(Kind.TEXT, expected, List.of(), Long.MIN_VALUE, check);
  }

  /** One of {@code choices}. */
  public static ValueForm choice(List<String> choices) {
    String all = String.join(", ", choices);
    return new ValueForm(
        Kind.TEXT,
        "one of " + all,
        List.copyOf(choices),
        Long.MIN_VALUE,
        text -> {
          if (!choices.contains(text)) {
            throw new IllegalArgumentException("'" + text + "' is not one of " + all);
          }
        });
  }

  /** A whole number that is not smaller than {@code least}. */
  public static ValueForm integer(long least) {
    return new ValueForm(
        Kind.INTEGER,
        least == Long.MIN_VALUE ? "a whole number" : "a whole number, at least " + least,
        List.of(),
        least,
        text -> requireInteger(text, least));
  }

  private static void requireInteger(String text, long least) {
    if (!text.matches("-?(?:0|[1-9][0-9]{0,17})") || Long.parseLong(text) < least) {
      throw new IllegalArgumentException(
          "'" + text + "' is no whole number" + (least > Long.MIN_VALUE ? " from " + least : ""));
    }
  }

  private static void requireAbsolute(String text) {
    if (!text.startsWith("/") || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("'" + text + "' is not an absolute path");
    }
  }
}
