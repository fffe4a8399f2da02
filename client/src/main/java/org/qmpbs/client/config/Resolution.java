package org.qmpbs.client.config;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All machines of a configuration as they would be backed up, and what is wrong with that.
 *
 * @param machines by name
 * @param findings those of the configuration, too
 */
public record Resolution(SortedMap<String, EffectiveMachine> machines, List<Finding> findings) {
  /** Copies all. */
  public Resolution {
    machines = Collections.unmodifiableSortedMap(new TreeMap<>(machines));
    findings = List.copyOf(findings);
  }

  /** Judges of the arguments of one backup as the command itself would. */
  public interface Trial {
    /** What it would refuse them for. */
    Optional<Problem> of(List<String> arguments);
  }

  /**
   * What a command says to arguments.
   *
   * @param message what is wrong
   * @param remedy what to do
   */
  public record Problem(String message, String remedy) {}

  /** Resolves {@code configuration}. */
  public static Resolution of(
      Configuration configuration, Catalogue catalogue, Precedence precedence, Trial trial) {
    Findings findings = new Findings();
    configuration.findings().forEach(findings::add);
    SortedMap<String, EffectiveMachine> machines = new TreeMap<>();
    configuration
        .machines()
        .forEach(
            (name, entry) -> machines.put(name, precedence.of(configuration, entry, findings)));
    Consistency consistency = new Consistency(findings);
    consistency.unique(machines.values());
    boolean readable = configuration.findings().stream().noneMatch(Finding::isError);
    if (readable) {
      consistency.used(configuration, machines.values());
    }
    for (EffectiveMachine machine : machines.values()) {
      // What is known to be wrong would be refused a second time, in words that help less.
      if (readable) {
        trial
            .of(Arguments.of(machine, catalogue))
            .ifPresent(
                problem ->
                    findings.add(
                        Finding.error(
                            machine.place(),
                            Sections.MACHINES + "." + machine.name(),
                            problem.message(),
                            problem.remedy())));
      }
    }
    return new Resolution(machines, findings.sorted());
  }

  /** Whether nothing is to be run with it. */
  public boolean hasErrors() {
    return findings.stream().anyMatch(Finding::isError);
  }
}
