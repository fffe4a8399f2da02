package org.qmpbs.client.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a machine's configuration becomes: the arguments and the environment of one {@code qmpbs
 * backup}. Secrets stay references; who reads them is the command.
 *
 * @param arguments without the command's name
 * @param environment all of it
 */
public record Invocation(List<String> arguments, Map<String, String> environment) {
  private static final String CREDENTIALS = "CREDENTIALS_DIRECTORY";

  /** Copies both. */
  public Invocation {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
  }

  /**
   * That of {@code machine}.
   *
   * @param environment of this process; what of it the configuration replaces is taken out, so that
   *     nothing is mixed
   * @throws CredentialMissingException if there are no systemd credentials here
   */
  public static Invocation of(
      EffectiveMachine machine, Catalogue catalogue, Map<String, String> environment)
      throws CredentialMissingException {
    Map<String, String> variables = new HashMap<>(environment);
    catalogue.machineKeys().forEach(key -> variables.remove(key.variable()));
    Optional<Entry> repository = machine.repository();
    if (repository.isPresent()) {
      remove(variables, "PBS_REPOSITORY", "PBS_PASSWORD", "PBS_FINGERPRINT");
      repository(repository.get(), variables, environment);
    }
    if (machine.key().isPresent()) {
      remove(variables, "PBS_ENCRYPTION_PASSWORD");
      password(machine.key().get(), "PBS_ENCRYPTION_PASSWORD", variables, environment);
    }
    return new Invocation(Arguments.of(machine, catalogue), variables);
  }

  private static void remove(Map<String, String> variables, String... names) {
    for (String name : names) {
      variables.keySet().removeIf(variable -> variable.matches(name + "(?:_FD|_FILE|_CMD)?"));
    }
  }

  private static void repository(
      Entry repository, Map<String, String> variables, Map<String, String> environment)
      throws CredentialMissingException {
    repository
        .value(Catalogue.REPOSITORY)
        .ifPresent(value -> variables.put("PBS_REPOSITORY", value.text()));
    repository
        .value("fingerprint")
        .filter(value -> !value.words().isEmpty())
        .ifPresent(value -> variables.put("PBS_FINGERPRINT", String.join(",", value.words())));
    password(repository, "PBS_PASSWORD", variables, environment);
    // It may hold the fingerprint of another server.
    variables.remove(CREDENTIALS);
  }

  private static void password(
      Entry entry, String name, Map<String, String> variables, Map<String, String> environment)
      throws CredentialMissingException {
    entry
        .value(Catalogue.PASSWORD_FILE)
        .ifPresent(file -> variables.put(name + "_FILE", file.text()));
    entry
        .value(Catalogue.PASSWORD_COMMAND)
        .ifPresent(
            command ->
                variables.put(
                    name + "_CMD",
                    command.words().stream()
                        .map(Invocation::quoted)
                        .collect(Collectors.joining(" "))));
    Optional<Value> credential = entry.value(Catalogue.PASSWORD_CREDENTIAL);
    if (credential.isPresent()) {
      String folder = environment.get(CREDENTIALS);
      if (folder == null) {
        throw new CredentialMissingException(credential.get());
      }
      variables.put(name + "_FILE", Path.of(folder, credential.get().text()).toString());
    }
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /** Variables may hold secrets. */
  @Override
  public String toString() {
    return "invocation with " + arguments.size() + " arguments";
  }
}
