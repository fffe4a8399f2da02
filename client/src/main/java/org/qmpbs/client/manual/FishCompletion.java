package org.qmpbs.client.manual;

/**
 * Completion for fish: a line for each command and option, each under the condition that the words
 * before the cursor begin with exactly its command.
 */
final class FishCompletion {
  private static final String HEAD =
      """
      # fish completion of qmpbs; made from the program's own options

      # Whether the words typed so far are the command $argv, and none of the commands below it.
      function __qmpbs_at
          set -l path qmpbs
          set -l words (commandline -opc)
          for word in $words[2..-1]
              if contains -- "$path $word" $__qmpbs_commands
                  set path "$path $word"
              else
                  break
              end
          end
          test "$path" = "$argv"
      end

      # The same, and nothing was typed behind it.
      function __qmpbs_bare
          __qmpbs_at $argv; and test (count (commandline -opc)) -eq (count (string split ' ' -- "$argv"))
      end

      complete -c qmpbs -f
      """;

  private final StringBuilder script = new StringBuilder(HEAD);

  private FishCompletion() {}

  /** The script for {@code program}. */
  static String of(CommandModel program) {
    FishCompletion completion = new FishCompletion();
    completion.script.append("set -g __qmpbs_commands");
    program.all().skip(1).forEach(command -> completion.script.append(" " + path(command)));
    completion.script.append('\n');
    program.all().forEach(completion::command);
    return completion.script.toString();
  }

  private static String path(CommandModel command) {
    return quoted(String.join(" ", command.path()));
  }

  private void command(CommandModel command) {
    script.append('\n');
    for (CommandModel each : command.commands()) {
      line("__qmpbs_bare", command, "-a " + quoted(each.name()), each.summary());
    }
    for (ArgumentModel argument : command.arguments()) {
      String offer = offer(argument.value());
      if (!offer.isEmpty()) {
        line("__qmpbs_at", command, offer, "");
      }
    }
    for (OptionModel option : command.options()) {
      StringBuilder names = new StringBuilder();
      for (String name : option.names()) {
        names.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.charAt(1));
      }
      Value value = option.value();
      String takes = value == null ? "" : " -r " + (offer(value).isEmpty() ? "-f" : offer(value));
      line("__qmpbs_at", command, (names + takes).strip(), option.description());
    }
  }

  private void line(String condition, CommandModel command, String what, String description) {
    String when = condition + " " + String.join(" ", command.path());
    script.append("complete -c qmpbs -n " + quoted(when) + " " + what);
    if (!description.isEmpty()) {
      script.append(" -d " + quoted(description));
    }
    script.append('\n');
  }

  private static String offer(Value value) {
    return switch (value.kind()) {
      case FILE -> "-F";
      case FOLDER -> "-f -a '(__fish_complete_directories)'";
      case CHOICE -> "-f -a " + quoted(String.join(" ", value.choices()));
      case OTHER -> "";
    };
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
