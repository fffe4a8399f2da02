package org.qmpbs.client.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.qmpbs.client.config.YamlNode.Mapping;
import org.qmpbs.client.config.YamlNode.Scalar;

/** Puts together what the files say: the sections of the main one, and one machine each. */
final class Sections {
  static final String REPOSITORIES = "repositories";
  static final String KEYS = "keys";
  static final String DEFAULTS = "defaults";
  static final String MACHINES = "machines";
  private static final List<String> ALL = List.of(REPOSITORIES, KEYS, DEFAULTS, MACHINES);

  /** What the server takes as an id, so that a machine's name can be one. */
  static final String NAME = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}";

  private final Catalogue catalogue;
  private final Findings findings;
  private final SortedMap<String, Entry> repositories = new TreeMap<>();
  private final SortedMap<String, Entry> keys = new TreeMap<>();
  private final SortedMap<String, Entry> machines = new TreeMap<>();
  private Entry defaults;

  Sections(Catalogue catalogue, Findings findings, Path main) {
    this.catalogue = catalogue;
    this.findings = findings;
    this.defaults = new Entry(DEFAULTS, Place.of(main), Map.of());
  }

  Configuration configuration() {
    return new Configuration(repositories, keys, defaults, machines, findings.sorted());
  }

  /** The main file. */
  void main(YamlNode root) {
    for (YamlNode.Entry section : mapping(root, "").entries()) {
      YamlNode node = section.value();
      String name = section.key().text();
      switch (name) {
        case REPOSITORIES -> entries(name, node, catalogue.repositoryKeys(), repositories);
        case KEYS -> entries(name, node, catalogue.keyKeys(), keys);
        case DEFAULTS ->
            defaults =
                new EntryReader(catalogue.defaultKeys(), catalogue.machineKeys(), findings)
                    .read(DEFAULTS, section.key().place(), mapping(node, DEFAULTS), DEFAULTS);
        case MACHINES ->
            mapping(node, name)
                .entries()
                .forEach(entry -> machine(entry.key().text(), entry.key().place(), entry.value()));
        default -> unknown(section.key());
      }
    }
  }

  /** A machine, of either kind of file. */
  void machine(String name, Place place, YamlNode node) {
    add(name, place, node, MACHINES, catalogue.machineKeys(), machines);
  }

  private void entries(
      String section, YamlNode node, List<Key> known, SortedMap<String, Entry> target) {
    for (YamlNode.Entry entry : mapping(node, section).entries()) {
      String name = entry.key().text();
      Entry read = add(name, entry.key().place(), entry.value(), section, known, target);
      if (section.equals(KEYS) && name.equals(Catalogue.NO_KEY)) {
        findings.add(
            Finding.error(
                entry.key().place(),
                section + "." + name,
                "'key: none' means that there is no key, so none can have that name",
                "Choose another name."));
      }
      PasswordRule.check(read, section + "." + name, section.equals(REPOSITORIES), findings);
    }
  }

  private Entry add(
      String name,
      Place place,
      YamlNode node,
      String section,
      List<Key> known,
      SortedMap<String, Entry> target) {
    String path = section + "." + EntryReader.shortened(name);
    if (!name.matches(NAME)) {
      findings.add(
          Finding.mismatch(
              place,
              path,
              "a name of letters, digits, '.', '_' and '-'",
              "'" + EntryReader.shortened(name) + "'",
              "Choose another name; for a machine in a file of its own, that of the file."));
    }
    Entry entry = new EntryReader(known, List.of(), findings).read(name, place, node, path);
    Entry earlier = target.putIfAbsent(name, entry);
    if (earlier != null) {
      findings.add(
          Finding.error(
              place,
              path,
              "there are two of the name '" + name + "', the other one is at " + earlier.place(),
              "Rename or remove one of them."));
    }
    return entry;
  }

  /** An empty section is one whose content was taken out, for instance by '#'. */
  private Mapping mapping(YamlNode node, String path) {
    if (node instanceof Mapping mapping) {
      return mapping;
    }
    if (!(node instanceof Scalar scalar && scalar.isNull())) {
      findings.add(
          Finding.mismatch(
              node.place(),
              path,
              "a group of keys",
              node.kind(),
              "Write 'name:' and keys below it."));
    }
    return new Mapping(node.place(), List.of());
  }

  private void unknown(Scalar key) {
    String name = EntryReader.shortened(key.text());
    boolean machineKey = catalogue.machineKey(key.text()).isPresent();
    findings.add(
        new Finding(
            Finding.Severity.ERROR,
            key.place(),
            name,
            "unknown section '"
                + name
                + "'"
                + Nearest.to(key.text(), ALL)
                    .map(word -> "; did you mean '" + word + "'?")
                    .orElse(""),
            "one of " + String.join(", ", ALL),
            "'" + name + "'",
            machineKey
                ? "Put it below 'defaults', or below a machine."
                : "Correct or remove it. A machine in a file of its own belongs into machines.d."));
  }
}
