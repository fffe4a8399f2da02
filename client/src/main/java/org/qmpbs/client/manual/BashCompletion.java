package org.qmpbs.client.manual;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Completion for bash without anything but bash: it works where {@code bash-completion} is not
 * installed. Tables by command, and one function that looks things up in them. The words of
 * commands come before all options, so the longest row of words that is a command is the command.
 */
final class BashCompletion {
  private static final String HEAD =
      """
      # bash completion of qmpbs; made from the program's own options

      _qmpbs_facts() {
        commands='' options='' takers='' places=''
        case $1 in
      """;

  private static final String MIDDLE =
      """
        esac
      }

      # What the option $2 of the command $1 takes.
      _qmpbs_value() {
        case "$1 $2" in
      """;

  private static final String TAIL =
      """
        esac
      }

      # Offers the words in $1, or files, or folders.
      _qmpbs_offer() {
        local IFS=$'\\n' name=${cur//\\\\/}
        # Bash quotes file names itself, and wants to see them without.
        name=${name#[\\"\\']}
        case $1 in
          -F) compopt -o filenames 2> /dev/null; COMPREPLY+=($(compgen -f -- "$name")) ;;
          -D) compopt -o filenames 2> /dev/null; COMPREPLY+=($(compgen -d -- "$name")) ;;
          '') ;;
          *) COMPREPLY+=($(IFS=' ' compgen -W "$1" -- "$cur")) ;;
        esac
      }

      _qmpbs() {
        local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
        local commands options takers places word i place=0 path=qmpbs plain=no
        COMPREPLY=()
        # In bash an equals sign is a word of its own.
        if [[ $cur == = ]]; then
          cur=''
        elif [[ $prev == = && COMP_CWORD -gt 1 ]]; then
          prev=${COMP_WORDS[COMP_CWORD-2]}
        fi
        _qmpbs_facts "$path"
        i=1
        while [[ i -lt COMP_CWORD && " $commands " == *" ${COMP_WORDS[i]} "* ]]; do
          path+=" ${COMP_WORDS[i]}"
          _qmpbs_facts "$path"
          i=$((i + 1))
        done
        local first=$i
        while [[ i -lt COMP_CWORD ]]; do
          word=${COMP_WORDS[i]}
          if [[ $plain == no && $word == -- ]]; then
            plain=yes
          elif [[ $plain == no && $word == -?* ]]; then
            if [[ " $takers " == *" $word "* ]]; then
              i=$((i + 1))
              [[ ${COMP_WORDS[i]} != = ]] || i=$((i + 1))
            fi
          else
            place=$((place + 1))
          fi
          i=$((i + 1))
        done
        if [[ $plain == no && $prev == -?* && " $takers " == *" $prev "* ]]; then
          _qmpbs_offer "$(_qmpbs_value "$path" "$prev")"
          return
        fi
        if [[ $plain == no && $cur == -* ]]; then
          _qmpbs_offer "$options"
          return
        fi
        if [[ COMP_CWORD -eq first && -n $commands ]]; then
          _qmpbs_offer "$commands"
        fi
        local kinds=($places)
        local last=$((${#kinds[@]} - 1))
        if [[ last -ge 0 ]]; then
          word=${kinds[place]:-}
          if [[ -z $word && ${kinds[last]} == *+ ]]; then word=${kinds[last]}; fi
          word=${word%+}
          _qmpbs_offer "${word//|/ }"
        fi
      }

      complete -F _qmpbs qmpbs
      """;

  private BashCompletion() {}

  /** The script for {@code program}. */
  static String of(CommandModel program) {
    StringBuilder script = new StringBuilder(HEAD);
    program.all().forEach(command -> facts(script, command));
    script.append(MIDDLE);
    program.all().forEach(command -> values(script, command));
    return script.append(TAIL).toString();
  }

  private static void facts(StringBuilder script, CommandModel command) {
    List<String> names = new ArrayList<>();
    List<String> takers = new ArrayList<>();
    for (OptionModel option : command.options()) {
      names.addAll(option.names());
      if (option.value() != null) {
        takers.addAll(option.names());
      }
    }
    script
        .append("    '" + String.join(" ", command.path()) + "')\n")
        .append(assign("commands", command.commands().stream().map(CommandModel::name).toList()))
        .append(assign("options", names))
        .append(assign("takers", takers))
        .append(assign("places", command.arguments().stream().map(BashCompletion::place).toList()))
        .append("      ;;\n");
  }

  private static String assign(String name, List<String> words) {
    return words.isEmpty() ? "" : "      " + name + "='" + String.join(" ", words) + "'\n";
  }

  /** One word: the kind, or the choices; a plus sign if more of it may follow. */
  private static String place(ArgumentModel argument) {
    String kind = offer(argument.value()).replace(' ', '|');
    return (kind.isEmpty() ? "-" : kind) + (argument.repeatable() ? "+" : "");
  }

  private static void values(StringBuilder script, CommandModel command) {
    String path = String.join(" ", command.path());
    for (OptionModel option : command.options()) {
      Value value = option.value();
      String offer = value == null ? "" : offer(value);
      if (!offer.isEmpty()) {
        String pattern =
            option.names().stream()
                .map(name -> "'" + path + " " + name + "'")
                .collect(Collectors.joining(" | "));
        script.append("    " + pattern + ") printf '%s' '" + offer + "' ;;\n");
      }
    }
  }

  private static String offer(Value value) {
    return switch (value.kind()) {
      case FILE -> "-F";
      case FOLDER -> "-D";
      case CHOICE -> String.join(" ", value.choices());
      case OTHER -> "";
    };
  }
}
