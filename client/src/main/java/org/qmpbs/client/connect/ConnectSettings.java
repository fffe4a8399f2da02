package org.qmpbs.client.connect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.pbs.Fingerprint;
import org.qmpbs.pbs.Login;
import org.qmpbs.pbs.Repository;
import org.qmpbs.pbs.Secret;

/**
 * Makes a {@link Login} of what the user gave: option, then environment, then systemd credential,
 * and for the secret at last the terminal. Secrets have no option, because options show in the
 * process list.
 */
public final class ConnectSettings {
  private static final String REPOSITORY = "PBS_REPOSITORY";
  private static final String PASSWORD = "PBS_PASSWORD";
  private static final String FINGERPRINT = "PBS_FINGERPRINT";
  private static final String CREDENTIAL_PREFIX = "proxmox-backup-client.";

  private final Variables variables;
  private final Terminal terminal;

  /** Uses {@code environment} for what is no option, and this process's terminal. */
  public ConnectSettings(Map<String, String> environment) {
    this(environment, Terminal.system());
  }

  /** Uses {@code environment} for what is no option, and asks {@code terminal} for the secret. */
  public ConnectSettings(Map<String, String> environment, Terminal terminal) {
    this.variables = new Variables(environment);
    this.terminal = terminal;
  }

  /**
   * Everything needed to open the server.
   *
   * @param repositoryOption value of {@code --repository}, or null if not given
   */
  public Login login(@Nullable String repositoryOption) throws SettingsException {
    Repository repository = repository(repositoryOption);
    List<Fingerprint> pins = pins();
    return new Login(repository, secret(repository), pins);
  }

  /** Whether there is a repository, be it a wrong one, in the option or in the environment. */
  public boolean isRepositoryGiven(@Nullable String option) {
    return option != null || variables.isSet(REPOSITORY, CREDENTIAL_PREFIX + "repository");
  }

  private Repository repository(@Nullable String option) throws SettingsException {
    if (option != null) {
      return parseRepository(option, "--repository");
    }
    Variables.Found found =
        variables
            .find(REPOSITORY, CREDENTIAL_PREFIX + "repository")
            .orElseThrow(
                () ->
                    new SettingsException(
                        "no repository was given",
                        "Use --repository or set PBS_REPOSITORY, for instance to"
                            + " backup@pbs!qmpbs@pbs.example:store1."));
    return parseRepository(found.text(), found.source());
  }

  private static Repository parseRepository(String text, String source) throws SettingsException {
    try {
      return Repository.parse(text);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(source + ": " + e.getMessage(), "Correct " + source + ".", e);
    }
  }

  private Secret secret(Repository repository) throws SettingsException {
    char[] text = secretText(repository);
    try {
      return new Secret(text);
    } finally {
      Arrays.fill(text, '\0');
    }
  }

  private char[] secretText(Repository repository) throws SettingsException {
    Optional<Variables.Found> found = variables.find(PASSWORD, CREDENTIAL_PREFIX + "password");
    if (found.isPresent()) {
      return found.get().text().toCharArray();
    }
    String what = repository.isToken() ? "token secret" : "password";
    char[] typed = terminal.read("The " + what + " of " + repository.authId() + ": ");
    if (typed == null) {
      throw new SettingsException(
          "no "
              + what
              + " for "
              + repository.authId()
              + " was given, and there is no terminal to ask",
          "Set PBS_PASSWORD_FILE to a file that holds the "
              + what
              + " (or PBS_PASSWORD, PBS_PASSWORD_FD, PBS_PASSWORD_CMD, or the systemd credential "
              + CREDENTIAL_PREFIX
              + "password).");
    }
    if (typed.length == 0) {
      throw new SettingsException(
          "an empty " + what + " was typed", "Run the command again, and type it.");
    }
    return typed;
  }

  private List<Fingerprint> pins() throws SettingsException {
    Optional<Variables.Found> found =
        variables.find(FINGERPRINT, CREDENTIAL_PREFIX + "fingerprint");
    if (found.isEmpty()) {
      return List.of();
    }
    List<Fingerprint> pins = new ArrayList<>();
    for (String text : found.get().text().trim().split("[,\\s]+", -1)) {
      try {
        pins.add(Fingerprint.parse(text));
      } catch (IllegalArgumentException e) {
        throw new SettingsException(
            found.get().source() + ": " + e.getMessage(),
            "Show the fingerprint on the server with: proxmox-backup-manager cert info",
            e);
      }
    }
    return List.copyOf(pins);
  }
}
