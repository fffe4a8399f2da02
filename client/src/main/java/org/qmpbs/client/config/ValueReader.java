package org.qmpbs.client.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.qmpbs.client.config.ValueForm.Kind;
import org.qmpbs.client.config.YamlNode.Scalar;
import org.qmpbs.client.config.YamlNode.Sequence;
import org.qmpbs.client.connect.ShellWords;

/** Makes the value of one key from what stands in a file, a variable or an option. */
final class ValueReader {
  private final Key key;
  private final String path;
  private final Findings findings;

  /**
   * For {@code key}.
   *
   * @param path what to call it in findings
   */
  ValueReader(Key key, String path, Findings findings) {
    this.key = key;
    this.path = path;
    this.findings = findings;
  }

  /** From a file; empty if it is a finding. */
  Optional<Value> read(YamlNode node) {
    boolean command = key.form().kind() == Kind.COMMAND;
    if (node instanceof Sequence list && (key.repeatable() || command)) {
      List<String> words = new ArrayList<>();
      for (YamlNode item : list.items()) {
        Optional<String> word = word(item);
        if (word.isEmpty()) {
          return Optional.empty();
        }
        words.add(word.get());
      }
      return Optional.of(new Value(words, node.place()));
    }
    return word(node)
        .flatMap(
            word ->
                command
                    ? split(word, node.place())
                    : Optional.of(new Value(List.of(word), node.place())));
  }

  /** From a variable, or from an option that is given once. */
  Optional<Value> read(String text, Origin origin) {
    if (text.isEmpty() && origin instanceof Origin.Variable) {
      mismatch(origin, "nothing", "Give it a value, or unset it.");
      return Optional.empty();
    }
    if (key.form().kind() == Kind.COMMAND) {
      return split(text, origin);
    }
    if (key.form().kind() == Kind.FLAG && !text.matches("true|false|1|0")) {
      mismatch(origin, "'" + text + "'", "Set it to true or false.");
      return Optional.empty();
    }
    List<String> words =
        key.form().kind() == Kind.FLAG
            ? List.of(text.equals("1") ? "true" : text.equals("0") ? "false" : text)
            : key.repeatable() ? List.of(text.split(",", -1)) : List.of(text);
    return words(words, origin);
  }

  /** From an option that may have been given several times. */
  Optional<Value> words(List<String> words, Origin origin) {
    boolean relativeIsFine = key.form().kind() == Kind.FILE;
    return relativeIsFine || words.stream().allMatch(word -> fits(word, origin))
        ? Optional.of(new Value(words, origin))
        : Optional.empty();
  }

  private Optional<String> word(YamlNode node) {
    if (!(node instanceof Scalar scalar)) {
      mismatch(node.place(), node.kind(), remedy());
      return Optional.empty();
    }
    Kind kind = key.form().kind();
    if (scalar.isNull()) {
      mismatch(node.place(), "nothing", "Give a value, or remove the key.");
    } else if (kind == Kind.FLAG) {
      if (scalar.isBoolean()) {
        return Optional.of(scalar.text().toLowerCase(Locale.ROOT));
      }
      mismatch(
          node.place(),
          "'" + scalar.text() + "'",
          "Write true or false, without quotes; yes, no, on and off are texts in YAML 1.2.");
    } else if (scalar.isBoolean()) {
      mismatch(node.place(), scalar.text(), "Quote it if it is a text.");
    } else if (kind == Kind.INTEGER && !scalar.plain()) {
      mismatch(node.place(), "a text in quotes", "Remove the quotes.");
    } else if (fits(scalar.text(), node.place())) {
      return Optional.of(scalar.text());
    }
    return Optional.empty();
  }

  private boolean fits(String word, Origin origin) {
    try {
      key.form().check().accept(word);
      return true;
    } catch (RuntimeException e) {
      // Parsers of values refuse with IllegalArgumentException; converters with one of their own.
      findings.add(
          new Finding(
              Finding.Severity.ERROR,
              origin,
              path,
              String.valueOf(e.getMessage()),
              key.form().expected(),
              "'" + word + "'",
              remedy()));
      return false;
    }
  }

  private Optional<Value> split(String text, Origin origin) {
    try {
      List<String> words = ShellWords.split(text);
      if (!words.isEmpty()) {
        return Optional.of(new Value(words, origin));
      }
      mismatch(origin, "nothing", "Name the program, or write [] for none.");
    } catch (IllegalArgumentException e) {
      // The command is not shown: it may hold a secret.
      mismatch(origin, "a text in which " + e.getMessage(), "Close it, or write a list of words.");
    }
    return Optional.empty();
  }

  private void mismatch(Origin origin, String found, String remedy) {
    findings.add(Finding.mismatch(origin, path, key.form().expected(), found, remedy));
  }

  private String remedy() {
    return "Correct it. " + key.path() + ": " + key.description();
  }
}
