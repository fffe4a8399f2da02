package org.qmpbs.client.manual;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;

/**
 * An option.
 *
 * @param names the short ones first
 * @param value what it takes, or null for a switch
 * @param required whether the command does not work without it
 * @param repeatable whether it may be given again
 * @param description for people, one paragraph
 */
record OptionModel(
    List<String> names,
    @Nullable Value value,
    boolean required,
    boolean repeatable,
    String description) {
  static OptionModel of(OptionSpec option) {
    return new OptionModel(
        Arrays.stream(option.names()).sorted(Comparator.comparingInt(String::length)).toList(),
        option.arity().max() == 0 ? null : Value.of(option),
        option.required(),
        option.isMultiValue(),
        CommandModel.plain(option.description()));
  }

  /** The name that tells most. */
  String longestName() {
    return names.get(names.size() - 1);
  }
}
