package org.qmpbs.pbs;

import java.io.IOException;

/** The repository names a user, not an API token; only tokens can log in for now. */
public final class UnsupportedLoginException extends IOException implements HasRemedy {
  private static final long serialVersionUID = 1L;

  private final String authId;

  UnsupportedLoginException(String authId) {
    super(
        "'"
            + authId
            + "' is a user, not an API token; login with a password comes with a later version");
    this.authId = authId;
  }

  @Override
  public String remedy() {
    return "Create a token on the server (Configuration, Access Control, API Token; or"
        + " proxmox-backup-manager user generate-token "
        + authId
        + " qmpbs), give it the role DatastoreBackup on the datastore, write "
        + authId
        + "!qmpbs@… in the repository and use the token's secret as the password.";
  }
}
