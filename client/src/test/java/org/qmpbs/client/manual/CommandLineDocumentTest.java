package org.qmpbs.client.manual;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/cli.md} and the program say the same. */
class CommandLineDocumentTest {
  private static final Path DOCS = Path.of("../docs");
  private static final Pattern OPTION = Pattern.compile("(?<![-\\w])--[a-z][a-z0-9-]*[a-z0-9]");

  /** {@code `qmpbs backup --qmp …`} in a text, as far as it is code. */
  private static final Pattern CALL = Pattern.compile("(?<=[`$ ]|^)qmpbs ([a-z][^`|]*)");

  private final List<CommandModel> commands = Manual.model().all().toList();
  private final String text;

  CommandLineDocumentTest() throws Exception {
    text = Files.readString(DOCS.resolve("cli.md"));
  }

  private static Set<String> options(String text) {
    return OPTION.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
  }

  private static Set<String> options(CommandModel command) {
    return command.options().stream()
        .map(OptionModel::longestName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The command that a line calls: the longest one whose words it begins with. */
  private CommandModel called(String line) {
    String words = line.replaceAll("\\s+", " ") + " ";
    CommandModel found = commands.get(0);
    for (CommandModel command : commands) {
      if (words.startsWith(String.join(" ", command.path()) + " ")
          && command.path().size() > found.path().size()) {
        found = command;
      }
    }
    return found;
  }

  /** What the block at the head of the document has for each command. */
  private Map<CommandModel, String> synopses() {
    String block = text.split("```", -1)[1];
    Map<CommandModel, String> synopses = new LinkedHashMap<>();
    CommandModel current = commands.get(0);
    for (String line : block.lines().toList()) {
      current = line.startsWith("qmpbs ") ? called(line) : current;
      synopses.merge(current, line, (a, b) -> a + "\n" + b);
    }
    return synopses;
  }

  private String everywhere() {
    return text.lines().filter(line -> line.startsWith("Everywhere: ")).findFirst().orElseThrow();
  }

  /** The section of the first word of a command. */
  private String section(CommandModel command) {
    String head = "\n## " + (command.path().size() > 1 ? command.path().get(1) : "") + "\n";
    int start = text.indexOf(head);
    int end = start < 0 ? -1 : text.indexOf("\n## ", start + 1);
    return start < 0 ? "" : end < 0 ? text.substring(start) : text.substring(start, end);
  }

  @Test
  void everyCommandStandsInTheSynopsis() {
    Map<CommandModel, String> synopses = synopses();
    List<String> missing =
        commands.stream()
            .filter(command -> command.commands().isEmpty() && !synopses.containsKey(command))
            .map(CommandModel::page)
            .filter(page -> !page.equals("qmpbs-help"))
            .toList();
    assertThat(missing).as("commands missing in the synopsis of docs/cli.md").isEmpty();
  }

  @Test
  void everyOptionThatExistsIsInTheDocument() throws Exception {
    Map<CommandModel, String> synopses = synopses();
    List<String> missing = new ArrayList<>();
    for (CommandModel command : commands) {
      String about = synopses.getOrDefault(command, "") + everywhere() + section(command);
      Set<String> documented = options(about);
      if (about.contains("[OPTION OF A MACHINE]")) {
        // Those are keys of the configuration, and described there.
        String keys = Files.readString(DOCS.resolve("config.md"));
        options(command).stream()
            .filter(
                option ->
                    keys.contains("`" + option.substring(2) + "`")
                        || keys.contains("`" + option.substring(2).replaceFirst("-", ".") + "`"))
            .forEach(documented::add);
      }
      options(command).stream()
          .filter(option -> !documented.contains(option))
          .forEach(option -> missing.add(String.join(" ", command.path()) + " " + option));
    }
    assertThat(missing).as("options missing in docs/cli.md").isEmpty();
  }

  @Test
  void everyOptionInTheSynopsisExistsForItsCommand() {
    List<String> wrong = new ArrayList<>();
    synopses()
        .forEach(
            (command, lines) -> {
              Set<String> named = options(lines);
              named.removeAll(options(command));
              named.forEach(option -> wrong.add(command.page() + " " + option));
            });
    assertThat(wrong).as("options in the synopsis that do not exist").isEmpty();
  }

  @Test
  void everyOptionOfAnyDocumentExists() throws Exception {
    List<String> wrong = new ArrayList<>();
    try (Stream<Path> files = Files.walk(DOCS)) {
      Stream<Path> documents = files.filter(file -> file.toString().endsWith(".md"));
      for (Path file : Stream.concat(documents, Stream.of(Path.of("../README.md"))).toList()) {
        for (String line : Files.readString(file).lines().toList()) {
          for (MatchResult call : CALL.matcher(line).results().toList()) {
            CommandModel command = called(call.group());
            Set<String> named =
                options(call.group(1).replaceFirst("(\\s#| {2,}#|\\)|\\. |, ).*", ""));
            named.removeAll(options(command));
            if (!command.isProgram()) {
              named.forEach(option -> wrong.add(file + ": " + command.page() + " " + option));
            }
          }
        }
      }
    }
    assertThat(wrong).as("options in documents that do not exist").isEmpty();
  }

  @Test
  void everyOptionThatTheDocumentSpeaksOfExistsSomewhere() {
    Set<String> known =
        commands.stream().flatMap(c -> options(c).stream()).collect(Collectors.toSet());
    Set<String> named = new TreeSet<>(options(text));
    named.removeAll(known);
    assertThat(named).as("options in docs/cli.md that no command has").isEmpty();
  }

  @Test
  void everyVariableOfTheManualIsInTheDocument() {
    for (Variable variable : Variable.values()) {
      assertThat(text).contains(variable.name());
    }
  }

  /** What the launcher tells the program, and what every program reads, is no setting of ours. */
  @Test
  void everyVariableThatTheProgramReadsIsInTheManual() throws Exception {
    Pattern literal = Pattern.compile("\"((?:PBS|QMPBS|XDG)_[A-Z_]*[A-Z])\"");
    Set<String> read = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        literal.matcher(Files.readString(file)).results().forEach(hit -> read.add(hit.group(1)));
      }
    }
    read.removeAll(Set.of("QMPBS_TERMINAL", "QMPBS_COLUMNS"));
    Set<String> told = Stream.of(Variable.values()).map(Variable::name).collect(Collectors.toSet());
    read.removeAll(told);
    assertThat(read).as("variables missing in the man pages (Variable)").isEmpty();
  }
}
