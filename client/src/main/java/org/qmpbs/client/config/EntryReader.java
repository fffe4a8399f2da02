package org.qmpbs.client.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.qmpbs.client.config.YamlNode.Mapping;
import org.qmpbs.client.config.YamlNode.Scalar;

/** Reads the keys of one entry; each that is unknown or has a wrong value is a finding. */
final class EntryReader {
  /** What people call things that have another name here. */
  private static final Map<String, String> SYNONYMS =
      Map.ofEntries(
          Map.entry("namespace", "ns"),
          Map.entry("socket", "qmp"),
          Map.entry("monitor", "qmp"),
          Map.entry("id", "backup-id"),
          Map.entry("disks", "disk"),
          Map.entry("bandwidth", "rate"),
          Map.entry("encryption-key", "key"),
          Map.entry("keyfile", "file"),
          Map.entry("url", "repository"),
          Map.entry("cron", "schedule"),
          Map.entry("prune", "retention"),
          Map.entry("fingerprints", "fingerprint"));

  private static final String INLINE_SECRET =
      "(?i)(?:.*[-_])?(?:password|passwd|passphrase|secret|token|api[-_]?key)";

  private final List<Key> keys;
  private final List<Key> elsewhere;
  private final Findings findings;
  private final Map<String, Value> values = new HashMap<>();

  /**
   * For an entry that may have {@code keys}.
   *
   * @param elsewhere keys that would be right in another entry, and are wrong in this one
   */
  EntryReader(List<Key> keys, List<Key> elsewhere, Findings findings) {
    this.keys = keys;
    this.elsewhere = elsewhere;
    this.findings = findings;
  }

  /**
   * Reads {@code node}.
   *
   * @param path of the entry, for findings
   */
  Entry read(String name, Place place, YamlNode node, String path) {
    if (node instanceof Mapping mapping) {
      group(mapping, "", path);
      requireMandatory(place, path);
    } else {
      findings.add(
          Finding.mismatch(
              node.place(), path, "a group of keys", node.kind(), "Write 'key: value' below it."));
    }
    return new Entry(name, place, values);
  }

  private void group(Mapping mapping, String prefix, String entryPath) {
    for (YamlNode.Entry entry : mapping.entries()) {
      String path = prefix + entry.key().text();
      String full = entryPath + "." + path;
      // Groups are written as groups: a key with a dot would be a second place for the same value.
      Optional<Key> key =
          keys.stream()
              .filter(known -> known.path().equals(path) && !entry.key().text().contains("."))
              .findFirst();
      if (key.isPresent()) {
        new ValueReader(key.get(), full, findings)
            .read(entry.value())
            .ifPresent(value -> values.put(path, value));
      } else if (keys.stream().anyMatch(known -> known.path().startsWith(path + "."))) {
        if (entry.value() instanceof Mapping inner) {
          group(inner, path + ".", entryPath);
        } else {
          findings.add(
              Finding.mismatch(
                  entry.value().place(),
                  full,
                  "a group of keys",
                  entry.value().kind(),
                  "Write one or more of "
                      + String.join(", ", children(path + "."))
                      + " below it."));
        }
      } else {
        unknown(entry.key(), prefix, full);
      }
    }
  }

  private void unknown(Scalar key, String prefix, String full) {
    String name = key.text();
    if (elsewhere.stream().anyMatch(known -> known.path().equals(prefix + name))) {
      findings.add(
          Finding.error(
              key.place(),
              full,
              "'" + name + "' belongs to one machine and cannot be a default",
              "Move it to the machine that it is of."));
    } else if (name.matches(INLINE_SECRET) && prefix.isEmpty()) {
      findings.add(
          Finding.error(
              key.place(),
              full,
              "a secret must not stand in the configuration",
              "Write it to a file with mode 0600 and name that with password-file, or use"
                  + " password-command or password-credential. Take the secret for known to"
                  + " whoever could read this file."));
    } else {
      findings.add(
          new Finding(
              Finding.Severity.ERROR,
              key.place(),
              full,
              "unknown key '" + shortened(name) + "'" + guess(name, prefix),
              "one of " + String.join(", ", children(prefix)),
              "'" + shortened(name) + "'",
              "Correct or remove it. The keys are: " + String.join(", ", children(prefix))));
    }
  }

  private String guess(String name, String prefix) {
    List<String> siblings = children(prefix);
    return Optional.ofNullable(SYNONYMS.get(name))
        .filter(siblings::contains)
        .or(() -> Nearest.to(name, siblings))
        .or(() -> inGroup(name))
        .map(word -> "; did you mean '" + word + "'?")
        .orElse("");
  }

  /** A key that was written without its group. */
  private Optional<String> inGroup(String name) {
    return keys.stream()
        .map(Key::path)
        .filter(path -> path.contains("."))
        .filter(path -> path.equals(name) || path.endsWith("." + name))
        .findFirst()
        .map(path -> path.replace(".", ": "));
  }

  private List<String> children(String prefix) {
    return keys.stream()
        .map(Key::path)
        .filter(path -> path.startsWith(prefix))
        .map(path -> path.substring(prefix.length()).replaceFirst("\\..*", ""))
        .distinct()
        .toList();
  }

  /** A finding is a line. */
  static String shortened(String name) {
    return name.length() <= 60 ? name : name.substring(0, 60) + "…";
  }

  private void requireMandatory(Place place, String path) {
    String missing =
        keys.stream()
            .filter(key -> key.required() && !values.containsKey(key.path()))
            .map(Key::path)
            .collect(Collectors.joining(", "));
    boolean alreadySaid =
        findings.concern(Stream.of(missing.split(", ")).map(key -> path + "." + key));
    if (!missing.isEmpty() && !alreadySaid) {
      findings.add(
          Finding.error(
              place, path, "'" + missing + "' is missing", "Add it; see docs/config.md."));
    }
  }
}
