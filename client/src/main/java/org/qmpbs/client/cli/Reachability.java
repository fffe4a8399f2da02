package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.config.Catalogue;
import org.qmpbs.client.config.Configuration;
import org.qmpbs.client.config.CredentialMissingException;
import org.qmpbs.client.config.EffectiveMachine;
import org.qmpbs.client.config.Entry;
import org.qmpbs.client.config.Finding;
import org.qmpbs.client.config.Finding.Severity;
import org.qmpbs.client.config.Invocation;
import org.qmpbs.client.config.Origin;
import org.qmpbs.client.config.Resolution;
import org.qmpbs.client.config.Value;
import org.qmpbs.client.connect.ConnectSettings;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Failure;
import org.qmpbs.machine.Machine;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.BackupType;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.qmp.MonitorUnreachableException;
import org.qmpbs.qmp.QmpBusyException;

/** Whether what a configuration names is there: files, monitors, servers. Changes nothing. */
final class Reachability {
  /** A check is for people who wait; a monitor that lives answers at once. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final List<String> SECRET_FILES = List.of("password-file", "file");
  private static final List<String> FILES = List.of("password-file", "file", "master-pubkey-file");

  private final Host host;
  private final Catalogue catalogue;

  Reachability(Host host, Catalogue catalogue) {
    this.host = host;
    this.catalogue = catalogue;
  }

  /** A finding, and the exit code that a backup would have because of it. */
  record Trouble(Finding finding, ExitCode code) {}

  /** Files of secrets and keys. */
  List<Trouble> files(Configuration configuration) throws IOException {
    List<Trouble> troubles = new ArrayList<>();
    for (Entry entry :
        Stream.concat(
                configuration.repositories().values().stream(),
                configuration.keys().values().stream())
            .toList()) {
      for (String key : FILES) {
        Optional<Value> value = entry.value(key);
        if (value.isPresent()) {
          file(entry, key, value.get()).ifPresent(troubles::add);
        }
      }
    }
    return troubles;
  }

  private static Optional<Trouble> file(Entry entry, String key, Value value) throws IOException {
    Path file = Path.of(value.text());
    if (!Files.isReadable(file)) {
      return Optional.of(
          trouble(
              Severity.ERROR,
              ExitCode.USAGE,
              value.origin(),
              entry.name() + "." + key,
              Files.exists(file) ? "this user may not read " + file : "there is no " + file,
              "Make the file, or correct its owner and mode."));
    }
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
    if (SECRET_FILES.contains(key) && mode.contains(PosixFilePermission.OTHERS_READ)) {
      return Optional.of(
          trouble(
              Severity.WARNING,
              ExitCode.DONE,
              value.origin(),
              entry.name() + "." + key,
              "everybody on this host can read the secret in " + file,
              "chmod 600 " + file));
    }
    return Optional.empty();
  }

  /** Monitors, and sockets of agents. */
  List<Trouble> machines(Resolution resolution) {
    List<Trouble> troubles = new ArrayList<>();
    for (EffectiveMachine machine : resolution.machines().values()) {
      Severity whenOff =
          machine.value("when-off").filter(value -> value.text().equals("skip")).isPresent()
              ? Severity.WARNING
              : Severity.ERROR;
      machine
          .value("qmp")
          .flatMap(value -> monitor(machine, value, whenOff))
          .ifPresent(troubles::add);
      machine
          .value("agent-socket")
          .filter(value -> !Files.exists(Path.of(value.text())))
          .map(
              value ->
                  trouble(
                      whenOff,
                      ExitCode.NOT_FOUND,
                      value.origin(),
                      "machines." + machine.name() + ".agent-socket",
                      "there is no " + value.text(),
                      "Check that the machine runs, and how it was started."))
          .ifPresent(troubles::add);
    }
    return troubles;
  }

  private Optional<Trouble> monitor(EffectiveMachine machine, Value value, Severity whenOff) {
    String path = "machines." + machine.name() + ".qmp";
    try (Machine asked = Machine.connect(Path.of(value.text()), PATIENCE)) {
      asked.info();
      return Optional.empty();
    } catch (QmpBusyException e) {
      return Optional.of(trouble(Severity.WARNING, value.origin(), path, e));
    } catch (MonitorUnreachableException e) {
      return Optional.of(trouble(whenOff, value.origin(), path, e));
    } catch (IOException e) {
      return Optional.of(trouble(Severity.ERROR, value.origin(), path, e));
    }
  }

  /** Servers: the certificate, the login, datastore and namespace of each that is used. */
  List<Trouble> repositories(Resolution resolution) {
    List<Trouble> troubles = new ArrayList<>();
    Set<List<@Nullable Object>> asked = new HashSet<>();
    for (EffectiveMachine machine : resolution.machines().values()) {
      String namespace = machine.value("ns").map(Value::text).orElse("");
      if (asked.add(Arrays.asList(machine.repository().orElse(null), namespace))) {
        repository(machine, new Namespace(namespace)).ifPresent(troubles::add);
      }
    }
    return troubles;
  }

  private Optional<Trouble> repository(EffectiveMachine machine, Namespace namespace) {
    Origin where = machine.repository().<Origin>map(Entry::place).orElse(machine.place());
    String path = "repositories." + machine.repository().map(Entry::name).orElse("PBS_REPOSITORY");
    try {
      Invocation invocation = Invocation.of(machine, catalogue, host.environment());
      try (PbsServer server =
          host.servers().open(new ConnectSettings(invocation.environment()).login(null))) {
        server.snapshots(namespace, Optional.of(group(machine)));
      }
      return Optional.empty();
    } catch (CredentialMissingException e) {
      return Optional.of(
          trouble(
              Severity.WARNING,
              ExitCode.DONE,
              where,
              path,
              e.getMessage() + "; the server was not asked",
              e.remedy()));
    } catch (IOException e) {
      return Optional.of(trouble(Severity.ERROR, where, path, e));
    }
  }

  private static BackupGroup group(EffectiveMachine machine) {
    BackupType type =
        machine.value("backup-type").map(Value::text).map(BackupType::parse).orElse(BackupType.VM);
    return new BackupGroup(type, machine.value("backup-id").map(Value::text).orElseThrow());
  }

  private static Trouble trouble(Severity severity, Origin where, String path, IOException thrown) {
    Failure failure = Failures.explain(thrown, Consequence.NOTHING_CHANGED);
    return trouble(severity, failure.exitCode(), where, path, failure.cause(), failure.remedy());
  }

  private static Trouble trouble(
      Severity severity,
      ExitCode code,
      Origin where,
      String path,
      @Nullable String problem,
      String remedy) {
    return new Trouble(
        new Finding(severity, where, path, String.valueOf(problem), "", "", remedy), code);
  }
}
