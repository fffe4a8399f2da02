package org.qmpbs.client.config;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What all files together say. Names of entries are unique.
 *
 * @param repositories by name
 * @param keys by name
 * @param defaults what machines have in common
 * @param machines by name
 * @param findings what is wrong; with an error among them nothing of the rest is to be used
 */
public record Configuration(
    SortedMap<String, Entry> repositories,
    SortedMap<String, Entry> keys,
    Entry defaults,
    SortedMap<String, Entry> machines,
    List<Finding> findings) {

  /** Copies all. */
  public Configuration {
    repositories = copy(repositories);
    keys = copy(keys);
    machines = copy(machines);
    findings = List.copyOf(findings);
  }

  private static SortedMap<String, Entry> copy(Map<String, Entry> entries) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(entries));
  }
}
