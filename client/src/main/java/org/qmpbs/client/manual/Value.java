package org.qmpbs.client.manual;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Model.ArgSpec;

/**
 * What an option or an argument takes.
 *
 * @param label as it is shown, for instance {@code FILE} or {@code off|try|require}
 * @param kind what a shell can offer for it
 * @param choices the words for {@link Kind#CHOICE}, else empty
 */
record Value(String label, Kind kind, List<String> choices) {
  /** A word that stands for itself in a label; one that is filled in is in capital letters. */
  private static final String LITERAL = "[a-z][a-z0-9-]*";

  private static final String FOLDER = ".*\\b(DIR|FOLDER)\\b.*";
  private static final String FILE = ".*\\b(FILE|FILENAME|PATH|SOCKET|TARGET)\\b.*";

  /** What a shell can offer. */
  enum Kind {
    FILE,
    FOLDER,
    CHOICE,
    /** Anything, which only the user knows. */
    OTHER
  }

  /** The value of {@code arg}, which takes one. The label decides, then the type. */
  static Value of(ArgSpec arg) {
    String label = arg.paramLabel();
    List<String> words = literals(label);
    if (words.isEmpty()) {
      words = constants(arg);
    }
    if (!words.isEmpty()) {
      return new Value(label, Kind.CHOICE, words);
    }
    if (label.matches(FOLDER)) {
      return new Value(label, Kind.FOLDER, List.of());
    }
    boolean file = label.matches(FILE) || Arrays.asList(arg.auxiliaryTypes()).contains(Path.class);
    return new Value(label, file ? Kind.FILE : Kind.OTHER, List.of());
  }

  private static List<String> literals(String label) {
    return label.contains("|")
        ? Arrays.stream(label.split("\\|", -1)).filter(word -> word.matches(LITERAL)).toList()
        : List.of();
  }

  /** A converter may take other words than the names of the constants: then the label says them. */
  private static List<String> constants(ArgSpec arg) {
    Class<?> type = arg.auxiliaryTypes()[0];
    if (arg.converters().length > 0 || !type.isEnum()) {
      return List.of();
    }
    return Arrays.stream(type.getEnumConstants()).map(String::valueOf).toList();
  }
}
