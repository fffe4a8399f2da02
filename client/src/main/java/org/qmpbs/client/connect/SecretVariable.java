package org.qmpbs.client.connect;

import java.util.Map;
import java.util.Optional;

/**
 * One secret of the environment, in all forms that {@link ConnectSettings} takes the password in:
 * {@code NAME}, {@code NAME_FD}, {@code NAME_FILE}, {@code NAME_CMD}, then a systemd credential.
 */
public final class SecretVariable {
  private SecretVariable() {}

  /**
   * Looks a secret up.
   *
   * @param name variable without suffix
   * @param credential name of the systemd credential
   * @return its characters, for the caller to overwrite
   */
  public static Optional<char[]> find(
      Map<String, String> environment, String name, String credential) throws SettingsException {
    return new Variables(environment)
        .find(name, credential)
        .map(found -> found.text().toCharArray());
  }
}
