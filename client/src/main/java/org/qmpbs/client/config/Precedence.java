package org.qmpbs.client.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Which of several values holds: option, variable, machine, defaults, built-in. A repository is one
 * thing: its address, fingerprint and secret always come from the same entry, because a secret of
 * one server must never be sent to another.
 */
public final class Precedence {
  private final Catalogue catalogue;
  private final Map<String, String> environment;
  private final Map<String, List<String>> options;

  /**
   * A precedence.
   *
   * @param options words given on the command line, by the paths of keys
   */
  public Precedence(
      Catalogue catalogue, Map<String, String> environment, Map<String, List<String>> options) {
    this.catalogue = catalogue;
    this.environment = Map.copyOf(environment);
    this.options = Map.copyOf(options);
  }

  /** The effective form of {@code machine}. */
  EffectiveMachine of(Configuration configuration, Entry machine, Findings findings) {
    Map<String, Value> values = new HashMap<>(configuration.defaults().values());
    values.putAll(machine.values());
    for (Key key : catalogue.machineKeys()) {
      outside(key, findings).ifPresent(value -> values.put(key.path(), value));
    }
    Optional<Entry> repository = repository(configuration, machine, values, findings);
    Optional<Entry> key = key(configuration, values, findings);
    repository
        .flatMap(entry -> entry.value(Catalogue.NAMESPACE))
        .ifPresent(ns -> values.putIfAbsent(Catalogue.NAMESPACE, ns));
    values.putIfAbsent(
        Catalogue.BACKUP_ID, new Value(List.of(machine.name()), new Origin.BuiltIn()));
    return new EffectiveMachine(machine.name(), machine.place(), values, repository, key);
  }

  private Optional<Value> outside(Key key, Findings findings) {
    List<String> words = options.get(key.path());
    if (words != null) {
      ValueReader reader = new ValueReader(key, key.option(), findings);
      Origin origin = new Origin.Option(key.option());
      return words.size() == 1 && !key.repeatable()
          ? reader.read(words.get(0), origin)
          : reader.words(words, origin);
    }
    String text = environment.get(key.variable());
    return text == null
        ? Optional.empty()
        : new ValueReader(key, key.variable(), findings)
            .read(text, new Origin.Variable(key.variable()));
  }

  private Optional<Entry> repository(
      Configuration configuration, Entry machine, Map<String, Value> values, Findings findings) {
    SortedMap<String, Entry> known = configuration.repositories();
    Value named = values.get(Catalogue.REPOSITORY);
    if (named != null) {
      return entry(named, known, Sections.REPOSITORIES, findings);
    }
    if (known.size() == 1) {
      values.put(Catalogue.REPOSITORY, new Value(List.of(known.firstKey()), new Origin.BuiltIn()));
      return known.values().stream().findFirst();
    }
    if (!hasVariables()) {
      findings.add(
          Finding.error(
              machine.place(),
              Sections.MACHINES + "." + machine.name(),
              known.isEmpty()
                  ? "no repository is configured"
                  : "it does not say which repository: " + String.join(", ", known.keySet()),
              "Add one below 'repositories', and 'repository: NAME' to the machine or to"
                  + " 'defaults'."));
    }
    return Optional.empty();
  }

  private boolean hasVariables() {
    return environment.keySet().stream()
        .anyMatch(
            name -> name.startsWith("PBS_REPOSITORY") || name.equals("CREDENTIALS_DIRECTORY"));
  }

  private static Optional<Entry> key(
      Configuration configuration, Map<String, Value> values, Findings findings) {
    return Optional.ofNullable(values.get(Catalogue.KEY))
        .filter(name -> !name.text().equals(Catalogue.NO_KEY))
        .flatMap(name -> entry(name, configuration.keys(), Sections.KEYS, findings));
  }

  private static Optional<Entry> entry(
      Value named, SortedMap<String, Entry> known, String section, Findings findings) {
    Entry found = known.get(named.text());
    if (found == null) {
      findings.add(
          Finding.error(
              named.origin(),
              section + "." + EntryReader.shortened(named.text()),
              "there is no '"
                  + EntryReader.shortened(named.text())
                  + "' among the "
                  + section
                  + Nearest.to(named.text(), known.keySet())
                      .map(word -> "; did you mean '" + word + "'?")
                      .orElse(""),
              known.isEmpty()
                  ? "Add it below '" + section + "'."
                  : "There are: " + String.join(", ", known.keySet())));
    }
    return Optional.ofNullable(found);
  }
}
