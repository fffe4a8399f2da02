package org.qmpbs.client.manual;

import java.util.List;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A word that is not an option.
 *
 * @param index its place, from 0
 * @param value what it is
 * @param optional whether it may be left out
 * @param repeatable whether more of them may follow
 * @param description for people, one paragraph
 */
record ArgumentModel(
    int index, Value value, boolean optional, boolean repeatable, String description) {
  static ArgumentModel of(PositionalParamSpec argument) {
    return new ArgumentModel(
        argument.index().min(),
        Value.of(argument),
        argument.arity().min() == 0,
        argument.isMultiValue(),
        CommandModel.plain(argument.description()));
  }

  /** The same, which takes one of {@code words}. */
  ArgumentModel of(List<String> words) {
    Value choice = new Value(value.label(), Value.Kind.CHOICE, words);
    return new ArgumentModel(index, choice, optional, repeatable, description);
  }

  /** As the synopsis has it. */
  String synopsis() {
    String label = value.label() + (repeatable ? "..." : "");
    return optional ? "[" + label + "]" : label;
  }
}
