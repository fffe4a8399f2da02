package org.qmpbs.client.manual;

import java.util.Locale;

/**
 * A text for {@code man}, in the macros that every roff knows. All that is written is taken
 * literally: a hyphen stays one that can be copied into a shell, and a line that begins with a
 * period is no request. Plain ASCII, so that no locale can garble it.
 */
final class Roff {
  private final StringBuilder page = new StringBuilder();

  /** The head of the page, in which no word is divided: most long ones are names. */
  Roff title(String name, String date, String version) {
    return text(String.format(
            ".TH \"%s\" 1 \"%s\" \"%s\" \"User Commands\"",
            escape(name.toUpperCase(Locale.ROOT)), escape(date), escape("qmpbs " + version)))
        .text(".nh");
  }

  /** The head of a section. */
  Roff section(String name) {
    return text(".SH " + escape(name));
  }

  /** A paragraph. */
  Roff paragraph(String text) {
    return text(".PP").text(escape(text));
  }

  /** A paragraph that begins with a bold word and is not hyphenated. */
  Roff call(String words, String rest) {
    return text(".PP").text(bold(words) + escape(rest));
  }

  /** A term and what it means. */
  Roff term(String marked, String meaning) {
    return text(".TP").text(marked).text(escape(meaning));
  }

  /** One line of text as it is. */
  Roff text(String marked) {
    page.append(marked).append('\n');
    return this;
  }

  /** {@code text} in bold. */
  static String bold(String text) {
    return "\\fB" + escape(text) + "\\fR";
  }

  /** {@code text} in italics. */
  static String italic(String text) {
    return "\\fI" + escape(text) + "\\fR";
  }

  /** The text, in which nothing has a meaning of its own. */
  static String escape(String text) {
    StringBuilder result = new StringBuilder();
    if (text.startsWith(".") || text.startsWith("'")) {
      result.append("\\&");
    }
    text.codePoints().forEach(character -> append(result, character));
    return result.toString();
  }

  private static void append(StringBuilder result, int character) {
    switch (character) {
      case '\\' -> result.append("\\e");
      case '-' -> result.append("\\-");
      case '\'' -> result.append("\\(aq");
      case '"' -> result.append("\\(dq");
      case '`' -> result.append("\\(ga");
      case '^' -> result.append("\\(ha");
      case '~' -> result.append("\\(ti");
      case '\n' -> result.append(' ');
      default -> {
        if (character < 0x80) {
          result.append((char) character);
        } else {
          result.append(String.format("\\[u%04X]", character));
        }
      }
    }
  }

  @Override
  public String toString() {
    return page.toString();
  }
}
