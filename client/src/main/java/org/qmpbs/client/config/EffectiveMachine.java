package org.qmpbs.client.config;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A machine with all that is said about it anywhere, each value from where precedence takes it.
 * What is not among the values has its built-in meaning.
 *
 * @param name its name in the configuration
 * @param place where it stands there
 * @param values by the paths of their keys
 * @param repository where it is backed up to; empty for that of {@code PBS_REPOSITORY}
 * @param key what it is encrypted or signed with, if anything
 */
public record EffectiveMachine(
    String name,
    Place place,
    Map<String, Value> values,
    Optional<Entry> repository,
    Optional<Entry> key) {

  /** Copies the values. */
  public EffectiveMachine {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  /** What is said of {@code path}. */
  public Optional<Value> value(String path) {
    return Optional.ofNullable(values.get(path));
  }

  /** The only word that is said of {@code path}. */
  Optional<String> text(String path) {
    return value(path).map(Value::text);
  }

  /** The arguments of one {@code qmpbs backup} that this is short for. */
  public List<String> arguments(Catalogue catalogue) {
    return Arguments.of(this, catalogue);
  }

  @Override
  public String toString() {
    return name + " at " + place;
  }
}
