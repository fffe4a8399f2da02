package org.qmpbs.client.config;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A repository, a key, a machine, or the defaults: what the file says of it.
 *
 * @param name its name
 * @param place where it begins
 * @param values by the paths of their keys
 */
public record Entry(String name, Place place, Map<String, Value> values) {
  /** Copies the values. */
  public Entry {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  /** What is said of {@code path}. */
  public Optional<Value> value(String path) {
    return Optional.ofNullable(values.get(path));
  }

  @Override
  public String toString() {
    return name + " at " + place;
  }
}
