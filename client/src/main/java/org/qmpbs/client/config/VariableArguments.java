package org.qmpbs.client.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The variables of the environment as arguments of one command.
 *
 * @param arguments options in one word each
 * @param findings what is wrong with variables
 */
public record VariableArguments(List<String> arguments, List<Finding> findings) {
  /** Copies both. */
  public VariableArguments {
    arguments = List.copyOf(arguments);
    findings = List.copyOf(findings);
  }

  /** Those of all keys of a command that {@code wanted} wants. */
  public static VariableArguments of(
      Catalogue catalogue, Map<String, String> environment, Predicate<Key> wanted) {
    Findings findings = new Findings();
    List<String> arguments = new ArrayList<>();
    for (Key key : catalogue.commandKeys()) {
      String text = environment.get(key.variable());
      if (text != null && wanted.test(key)) {
        Optional<Value> value =
            new ValueReader(key, key.variable(), findings)
                .read(text, new Origin.Variable(key.variable()));
        value.ifPresent(found -> Arguments.add(key, found, arguments));
      }
    }
    return new VariableArguments(arguments, findings.sorted());
  }
}
