package org.qmpbs.client.manual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A command with everything that can be typed behind it. Taken from the parser's own model, so that
 * a manual made of it says what the parser does; what is hidden there is missing here.
 *
 * @param path the words that call it: {@code qmpbs bitmap list}
 * @param description for people, one paragraph an element, the first a short one
 * @param synopses each way to call it
 * @param options in the order of their names
 * @param arguments in their order
 * @param commands that can follow
 * @param exitCodes number and meaning
 */
record CommandModel(
    List<String> path,
    List<String> description,
    List<String> synopses,
    List<OptionModel> options,
    List<ArgumentModel> arguments,
    List<CommandModel> commands,
    Map<String, String> exitCodes) {

  /** {@code line} and all below it. */
  static CommandModel of(CommandLine line) {
    return of(List.of(), line);
  }

  private static CommandModel of(List<String> parents, CommandLine line) {
    CommandSpec spec = line.getCommandSpec();
    List<String> path = Stream.concat(parents.stream(), Stream.of(spec.name())).toList();
    List<OptionModel> options =
        spec.options().stream()
            .filter(option -> !option.hidden())
            .map(OptionModel::of)
            .sorted((a, b) -> a.longestName().compareTo(b.longestName()))
            .toList();
    List<CommandModel> commands =
        new LinkedHashSet<>(line.getSubcommands().values())
            .stream()
                .filter(sub -> !sub.getCommandSpec().usageMessage().hidden())
                .map(sub -> of(path, sub))
                .toList();
    // The words of a command whose synopsis is written by hand may be hidden, and still be typed.
    List<ArgumentModel> arguments =
        spec.positionalParameters().stream()
            .map(ArgumentModel::of)
            .map(argument -> spec.helpCommand() ? argument.of(siblings(spec)) : argument)
            .toList();
    return new CommandModel(
        path,
        paragraphs(spec),
        synopses(spec, options, arguments, commands),
        options,
        arguments,
        commands,
        spec.usageMessage().exitCodeList());
  }

  /** This command and all below it, parents first. */
  Stream<CommandModel> all() {
    return Stream.concat(Stream.of(this), commands.stream().flatMap(CommandModel::all));
  }

  /** Whether it is the one above all others. */
  boolean isProgram() {
    return path.size() == 1;
  }

  /** Its last word. */
  String name() {
    return path.get(path.size() - 1);
  }

  /** {@code qmpbs-bitmap-list}, the name of the page. */
  String page() {
    return String.join("-", path);
  }

  /** The first paragraph in one sentence without its period. */
  String summary() {
    String first = description.isEmpty() ? name() : description.get(0);
    int end = first.indexOf(". ");
    return (end < 0 ? first : first.substring(0, end)).replaceFirst("\\.$", "");
  }

  /** Lines of a description, where {@code %%} and {@code %n} may be left of the format, in one. */
  static String plain(String... lines) {
    return Arrays.stream(lines)
        .map(line -> line.replace("%n", " ").replace("%%", "%").strip())
        .collect(Collectors.joining(" "))
        .replaceAll("\\s+", " ")
        .strip();
  }

  /** What the help command takes. */
  private static List<String> siblings(CommandSpec spec) {
    return spec.parent().subcommands().keySet().stream()
        .filter(name -> !name.equals(spec.name()))
        .toList();
  }

  private static List<String> paragraphs(CommandSpec spec) {
    List<String> all =
        Arrays.stream(spec.usageMessage().description())
            .map(CommandModel::plain)
            .filter(text -> !text.isEmpty())
            .collect(Collectors.toCollection(ArrayList::new));
    String footer = plain(spec.usageMessage().footer());
    if (!footer.isEmpty()) {
      all.add(footer);
    }
    return all;
  }

  private static List<String> synopses(
      CommandSpec spec,
      List<OptionModel> options,
      List<ArgumentModel> arguments,
      List<CommandModel> commands) {
    String[] custom = spec.usageMessage().customSynopsis();
    if (custom.length > 0) {
      return joined(custom);
    }
    StringBuilder line = new StringBuilder(spec.qualifiedName());
    for (OptionModel option : options) {
      if (option.required() && option.value() != null) {
        line.append(' ').append(option.longestName()).append(' ').append(option.value().label());
      }
    }
    line.append(" [OPTIONS]");
    arguments.forEach(argument -> line.append(' ').append(argument.synopsis()));
    if (!commands.isEmpty()) {
      line.append(" COMMAND");
    }
    return List.of(line.toString());
  }

  /** Lines that do not begin with the program's name go on with the line before. */
  private static List<String> joined(String... lines) {
    List<String> result = new ArrayList<>();
    for (String line : lines) {
      String text = plain(line);
      if (result.isEmpty() || text.startsWith("qmpbs ")) {
        result.add(text);
      } else {
        result.set(result.size() - 1, result.get(result.size() - 1) + " " + text);
      }
    }
    return result;
  }
}
