package org.qmpbs.client.config;

import java.io.IOException;

/** A secret is a systemd credential, and this process was not started by systemd with it. */
public final class CredentialMissingException extends IOException {
  private static final long serialVersionUID = 1L;

  CredentialMissingException(Value credential) {
    super(
        "the systemd credential '"
            + credential.text()
            + "' ("
            + credential.origin().label()
            + ") is not to be had: CREDENTIALS_DIRECTORY is not set");
  }

  /** What the user can do. */
  public String remedy() {
    return "Start it as a service with LoadCredential=, or name the secret with password-file.";
  }
}
