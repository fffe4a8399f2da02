package org.qmpbs.client.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.qmpbs.pbs.Repository;

/** What can only be seen when all machines are looked at together. */
final class Consistency {
  private final Findings findings;

  Consistency(Findings findings) {
    this.findings = findings;
  }

  /**
   * Two machines in one group would drop each other's increments, and two that share a socket are
   * one machine under two names.
   */
  void unique(Collection<EffectiveMachine> machines) {
    unique(
        machines,
        Consistency::group,
        "are backed up to the same group",
        "Give one of them another backup-id or ns. A variable like QMPBS_BACKUP_ID holds for all.");
    unique(
        machines,
        machine -> socket(machine, "qmp"),
        "have the same monitor socket",
        "Correct 'qmp' of one of them; a machine is configured once.");
    unique(
        machines,
        machine -> socket(machine, "agent-socket"),
        "have the same agent socket",
        "Correct 'agent-socket' of one of them: the wrong guest would be frozen.");
  }

  private void unique(
      Collection<EffectiveMachine> machines,
      Function<EffectiveMachine, Optional<String>> identity,
      String problem,
      String remedy) {
    Map<String, EffectiveMachine> first = new HashMap<>();
    for (EffectiveMachine machine : machines) {
      Optional<String> id = identity.apply(machine);
      EffectiveMachine other = id.map(text -> first.putIfAbsent(text, machine)).orElse(null);
      if (other != null) {
        findings.add(
            Finding.error(
                machine.place(),
                Sections.MACHINES + "." + machine.name(),
                "'"
                    + machine.name()
                    + "' and '"
                    + other.name()
                    + "' ("
                    + other.place()
                    + ") "
                    + problem
                    + ": "
                    + id.get(),
                remedy));
      }
    }
  }

  private static Optional<String> group(EffectiveMachine machine) {
    String repository =
        machine
            .repository()
            .flatMap(entry -> entry.value(Catalogue.REPOSITORY))
            .map(Value::text)
            .map(Consistency::datastore)
            .orElse("PBS_REPOSITORY");
    String namespace = machine.text(Catalogue.NAMESPACE).orElse("");
    return Optional.of(
        repository
            + " "
            + (namespace.isEmpty() ? "" : namespace + " ")
            + machine.text("backup-type").orElse("vm")
            + "/"
            + machine.text(Catalogue.BACKUP_ID).orElse(""));
  }

  /** Two users of one datastore write to the same groups. */
  private static String datastore(String text) {
    Repository repository = Repository.parse(text);
    return repository.host() + ":" + repository.port() + ":" + repository.datastore();
  }

  private static Optional<String> socket(EffectiveMachine machine, String key) {
    return machine.text(key).map(Consistency::normal);
  }

  private static String normal(String path) {
    try {
      return Path.of(path).normalize().toString();
    } catch (InvalidPathException e) {
      // What cannot be a path is found when it is used; here it is only compared.
      return path;
    }
  }

  /** A repository or key that nobody uses is usually a name that was misspelled elsewhere. */
  void used(Configuration configuration, Collection<EffectiveMachine> machines) {
    Set<Entry> used = new HashSet<>();
    machines.forEach(
        machine -> {
          machine.repository().ifPresent(used::add);
          machine.key().ifPresent(used::add);
        });
    configuration.repositories().values().stream()
        .filter(entry -> !used.contains(entry))
        .forEach(entry -> unused(entry, Sections.REPOSITORIES));
    configuration.keys().values().stream()
        .filter(entry -> !used.contains(entry))
        .forEach(entry -> unused(entry, Sections.KEYS));
    if (configuration.machines().isEmpty()) {
      findings.add(
          Finding.warning(
              configuration.defaults().place(),
              Sections.MACHINES,
              "no machine is configured",
              "Add one below 'machines', or in a file NAME.yaml in machines.d."));
    }
  }

  private void unused(Entry entry, String section) {
    findings.add(
        Finding.warning(
            entry.place(),
            section + "." + entry.name(),
            "no machine uses '" + entry.name() + "'",
            section.equals(Sections.KEYS)
                ? "Name it with 'key: " + entry.name() + "', or backups are not encrypted with it."
                : "Name it with 'repository: " + entry.name() + "', or remove it."));
  }
}
