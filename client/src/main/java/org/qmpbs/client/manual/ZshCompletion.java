package org.qmpbs.client.manual;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Completion for zsh: one function a command, in the terms of {@code _arguments}. */
final class ZshCompletion {
  private final StringBuilder script = new StringBuilder("#compdef qmpbs\n\n");

  private ZshCompletion() {}

  /** The script for {@code program}, which works as a file of {@code fpath} and when sourced. */
  static String of(CommandModel program) {
    ZshCompletion completion = new ZshCompletion();
    program.all().forEach(completion::function);
    return completion
        .script
        .append(
            """
            if [[ ${zsh_eval_context[-1]} == loadautofunc ]]; then
              _qmpbs "$@"
            else
              compdef _qmpbs qmpbs
            fi
            """)
        .toString();
  }

  private static String function(List<String> path) {
    return "_" + String.join("_", path).replace('-', '_');
  }

  private void function(CommandModel command) {
    script.append(function(command.path()) + "() {\n");
    boolean parent = !command.commands().isEmpty();
    if (parent) {
      script.append("  local curcontext=\"$curcontext\" state\n  local -a line commands\n");
      script.append("  typeset -A opt_args\n");
    }
    script.append("  _arguments " + (parent ? "-C" : "-s -S"));
    command.options().forEach(option -> line(spec(option)));
    if (parent) {
      line("': :->command'");
      line("'*:: :->rest'");
    } else {
      command.arguments().forEach(argument -> line(spec(argument)));
    }
    script.append('\n');
    if (parent) {
      states(command);
    }
    script.append("}\n\n");
  }

  private void line(String spec) {
    script.append(" \\\n    ").append(spec);
  }

  private void states(CommandModel command) {
    script.append("  case $state in\n    command)\n      commands=(\n");
    for (CommandModel each : command.commands()) {
      script.append("        " + quoted(each.name() + ":" + colons(each.summary())) + "\n");
    }
    script.append("      )\n      _describe -t commands command commands\n");
    boolean files =
        command.arguments().stream().anyMatch(each -> each.value().kind() == Value.Kind.FILE);
    if (files) {
      script.append("      _files\n");
    }
    script.append("      ;;\n    rest)\n      case $words[1] in\n");
    for (CommandModel each : command.commands()) {
      script.append("        " + each.name() + ") " + function(each.path()) + " ;;\n");
    }
    if (files) {
      script.append("        *) _files ;;\n");
    }
    script.append("      esac\n      ;;\n  esac\n");
  }

  private static String spec(OptionModel option) {
    String exclusive = option.repeatable() ? "*" : "(" + String.join(" ", option.names()) + ")";
    Value value = option.value();
    String rest =
        "["
            + colons(option.description()).replace("[", "\\[").replace("]", "\\]")
            + "]"
            + (value == null ? "" : ":" + colons(value.label()) + ":" + action(value));
    return option.names().stream()
        .map(name -> quoted(exclusive + name + (takesEquals(name, value) ? "=" : "") + rest))
        .collect(Collectors.joining(" \\\n    "));
  }

  /** Both {@code --option value} and {@code --option=value}. */
  private static boolean takesEquals(String name, @Nullable Value value) {
    return value != null && name.startsWith("--");
  }

  private static String spec(ArgumentModel argument) {
    String place = argument.repeatable() ? "*" : String.valueOf(argument.index() + 1);
    String optional = argument.optional() && !argument.repeatable() ? ":" : "";
    Value value = argument.value();
    return quoted(place + ":" + optional + colons(value.label()) + ":" + action(value));
  }

  private static String action(Value value) {
    return switch (value.kind()) {
      case FILE -> "_files";
      case FOLDER -> "_files -/";
      case CHOICE -> "(" + String.join(" ", value.choices()) + ")";
      case OTHER -> "";
    };
  }

  private static String colons(String text) {
    return text.replace("\\", "\\\\").replace(":", "\\:");
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
